# Cox models: coefficients, errors, likelihoods, score tests; Efron and Breslow, strata, left truncation, clusters.

cox_sets <- function() {
  b <- function(x) as.integer(x)
  part <- function(data, ...) {
    made <- data.frame(...)
    made[complete.cases(made), ]
  }
  uis <- quantreg_uis()
  bladder <- bladder2[bladder2$stop > bladder2$start, ]
  mgus <- mgus2
  r <- rotterdam
  list(
    lung = with(lung, part(lung, day = time, event = status - 1, x1 = sex, x2 = age, x3 = ph.ecog, stratum = pmin(ph.karno, 80), cluster = inst)),
    veteran = with(veteran, part(veteran, day = time, event = status, x1 = karno, x2 = b(celltype == "smallcell"), x3 = b(celltype == "adeno"),
                                 x4 = trt, stratum = prior, cluster = diagtime)),
    ovarian = with(ovarian, part(ovarian, day = futime, event = fustat, x1 = rx, x2 = age, stratum = resid.ds, cluster = seq_along(age))),
    pbc = with(pbc, part(pbc, day = time, event = b(status == 2), x1 = log(bili), x2 = age, x3 = edema, x4 = albumin, stratum = sex, cluster = stage)),
    colon = with(colon, part(colon, day = time, event = status, x1 = b(rx == "Lev"), x2 = b(rx == "Lev+5FU"), x3 = node4, stratum = etype, cluster = id)),
    bladder2 = with(bladder, part(bladder, entry = start, day = stop, event = event, x1 = rx, x2 = number, x3 = size, stratum = enum, cluster = id)),
    heart = with(heart, part(heart, entry = 2 * start, day = 2 * stop, event = event, x1 = age, x2 = surgery, x3 = b(transplant) - 1, stratum = surgery, cluster = id)),
    cgd = with(cgd, part(cgd, entry = tstart, day = tstop, event = status, x1 = b(treat) - 1, x2 = age, x3 = steroids, stratum = b(hos.cat), cluster = id)),
    retinopathy = with(retinopathy, part(retinopathy, day = ceiling(30 * futime), event = status, x1 = trt, x2 = age, x3 = b(type) - 1,
                                         stratum = b(laser), cluster = id)),
    kidney = with(kidney, part(kidney, day = time, event = status, x1 = age, x2 = sex, x3 = b(disease == "PKD"), stratum = b(disease == "GN"), cluster = id)),
    rats = with(rats, part(rats, day = time, event = status, x1 = rx, x2 = b(sex == "m"), stratum = litter %% 4, cluster = litter)),
    mgus2 = with(mgus, part(mgus, day = futime, event = death, x1 = age, x2 = b(sex == "M"), x3 = hgb, stratum = dxyr %/% 10, cluster = dxyr)),
    rotterdam = with(r[seq(1, nrow(r), 3), ], part(r, day = ceiling(rtime / 30), event = recur, x1 = age / 10, x2 = log1p(nodes), x3 = grade, stratum = b(size), cluster = year)),
    uis = with(uis, part(uis, day = TIME, event = CENSOR, x1 = AGE, x2 = BECK, x3 = TREAT, x4 = IV3, stratum = SITE, cluster = NDT)),
    transplant = with(transplant, part(transplant, day = futime, event = b(event == "ltx"), x1 = age, x2 = b(sex == "m"), x3 = b(abo == "O"),
                                       stratum = b(abo), cluster = year))
  )
}

cox_reference <- function(set) {
  outcome <- if ("entry" %in% names(set)) "Surv(entry, day, event)" else "Surv(day, event)"
  # A covariate that is the stratum itself is left out of the stratified model.
  names_x <- grep("^x", names(set), value = TRUE)
  inside <- Filter(function(x) any(tapply(set[[x]], set$stratum, function(v) length(unique(v)) > 1)), names_x)
  one <- function(ties, stratified) {
    terms <- if (stratified) paste(c(inside, "strata(stratum)"), collapse = " + ") else paste(names_x, collapse = " + ")
    model <- as.formula(paste(outcome, "~", terms))
    control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, toler.inf = 1e-8, iter.max = 60)
    fit <- coxph(model, set, ties = ties, cluster = cluster, robust = TRUE, control = control)
    list(covariates = as.list(if (stratified) inside else names_x), coefficients = unname(fit$coefficients),
         std_errors = unname(sqrt(diag(fit$naive.var))), clustered = unname(sqrt(diag(fit$var))),
         log_likelihood = fit$loglik[2], log_likelihood_null = fit$loglik[1], score_test = fit$score,
         people = fit$n, events = fit$nevent)
  }
  list(efron = one("efron", FALSE), efron_stratified = one("efron", TRUE),
       breslow = one("breslow", FALSE), breslow_stratified = one("breslow", TRUE))
}
