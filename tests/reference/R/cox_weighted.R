# Cox models in which people count more or less than once; whether groups have one coefficient; adjusted p-values.

# Weights that need no file: they follow from the number of the row, and are exact in binary.
row_weights <- function(set) 0.5 + ((seq_len(nrow(set)) * 7) %% 13) / 8

cox_weighted_reference <- function(set) {
  set$weight <- row_weights(set)
  outcome <- if ("entry" %in% names(set)) "Surv(entry, day, event)" else "Surv(day, event)"
  names_x <- grep("^x", names(set), value = TRUE)
  inside <- Filter(function(x) any(tapply(set[[x]], set$stratum, function(v) length(unique(v)) > 1)), names_x)
  one <- function(ties, stratified) {
    covariates <- if (stratified) inside else names_x
    terms <- paste(c(covariates, if (stratified) "strata(stratum)"), collapse = " + ")
    control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, toler.inf = 1e-8, iter.max = 60)
    fit <- coxph(as.formula(paste(outcome, "~", terms)), set, weights = weight, ties = ties, cluster = cluster,
                 robust = TRUE, control = control)
    list(covariates = as.list(covariates), coefficients = unname(fit$coefficients),
         std_errors = unname(sqrt(diag(fit$naive.var))), clustered = unname(sqrt(diag(fit$var))),
         log_likelihood = fit$loglik[2], log_likelihood_null = fit$loglik[1], score_test = fit$score,
         people = fit$n, events = fit$nevent)
  }
  list(efron = one("efron", FALSE), efron_stratified = one("efron", TRUE),
       breslow = one("breslow", FALSE), breslow_stratified = one("breslow", TRUE))
}

# Score test that the coefficient of x1 is the same in three groups of rows, each with its own baseline: the score
# residuals of R at one coefficient for all, added up by cluster.
equal_reference <- function(set) {
  set$group <- seq_len(nrow(set)) %% 3
  one <- coxph(Surv(day, event) ~ x1 + strata(group), set)
  if (anyNA(coef(one))) return(NULL)
  for (k in 0:2) set[[paste0("z", k)]] <- set$x1 * (set$group == k)
  still <- coxph(Surv(day, event) ~ z0 + z1 + z2 + strata(group), set, init = rep(coef(one), 3), iter.max = 0)
  sums <- rowsum(residuals(still, type = "score"), set$cluster)
  pull <- sums %*% still$var %*% t(cbind(-1, diag(2)))
  clusters <- nrow(pull)
  statistic <- if (clusters > 2) as.numeric(t(colSums(pull)) %*% solve(clusters * var(pull)) %*% colSums(pull)) else NA
  p <- if (clusters > 2) pf(statistic * (clusters - 2) / (2 * (clusters - 1)), 2, clusters - 2, lower.tail = FALSE) else NA
  list(statistic = statistic, clusters = clusters, p = p)
}

adjusted_reference <- function() {
  sets <- list(c(.01, .02, .03, .04, .05), c(.04, .01, .20, .03, .03, .9), c(.5), c(.2, .2, .2), c(1e-8, .99, .049, .05, .051, .2, .013, .7))
  lapply(sets, function(p) list(p = as.list(p), adjusted = as.list(p.adjust(p, "BH"))))
}
