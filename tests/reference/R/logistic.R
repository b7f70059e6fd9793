# Logistic models: glm, sandwich over clusters, average risk difference with its delta-method error, weighted trend.

logistic_sets <- function() {
  uis <- quantreg_uis()
  birthwt <- MASS::birthwt
  pima <- MASS::Pima.tr
  list(
    uis = data.frame(y = as.integer(uis$LEN.T >= 90), n = 1, x1 = uis$BECK, x2 = uis$AGE, x3 = uis$TREAT, cluster = uis$NDT),
    birthwt = data.frame(y = birthwt$low, n = 1, x1 = birthwt$lwt, x2 = birthwt$smoke, x3 = birthwt$ht, cluster = birthwt$age),
    menarche = data.frame(y = MASS::menarche$Menarche, n = MASS::menarche$Total, x1 = MASS::menarche$Age,
                          cluster = seq_len(nrow(MASS::menarche))),
    cbpp = data.frame(y = lme4::cbpp$incidence, n = lme4::cbpp$size, x1 = as.integer(lme4::cbpp$period),
                      cluster = as.integer(lme4::cbpp$herd)),
    pima = data.frame(y = as.integer(pima$type == "Yes"), n = 1, x1 = pima$glu, x2 = pima$bmi, cluster = pima$npreg)
  )
}

logistic_reference <- function(set) {
  names_x <- grep("^x", names(set), value = TRUE)
  fit <- glm(reformulate(names_x, "cbind(y, n - y)"), binomial, set, control = glm.control(epsilon = 1e-14, maxit = 100))
  x <- model.matrix(fit)
  effect <- function(beta) {
    up <- x
    up[, "x1"] <- up[, "x1"] + 1
    sum(set$n * (plogis(up %*% beta) - plogis(x %*% beta))) / sum(set$n)
  }
  slope <- numDeriv::grad(effect, coef(fit))
  cr0 <- sandwich::vcovCL(fit, cluster = set$cluster, type = "HC0", cadjust = FALSE)
  cr1 <- sandwich::vcovCL(fit, cluster = set$cluster, type = "HC0", cadjust = TRUE)
  list(coefficients = unname(coef(fit)), std_errors = unname(sqrt(diag(vcov(fit)))),
       log_likelihood = sum(set$y * log(fitted(fit)) + (set$n - set$y) * log(1 - fitted(fit))),
       cr0 = unname(sqrt(diag(cr0))), cr1 = unname(sqrt(diag(cr1))), clusters = length(unique(set$cluster)),
       risk_difference = effect(coef(fit)), risk_difference_se = sqrt(c(slope %*% vcov(fit) %*% slope)),
       risk_difference_cr1 = sqrt(c(slope %*% cr1 %*% slope)))
}

# People-weighted line through bins, each bin with its own binomial error: lm for the slope, the hat row for its error.
trend_reference <- function() {
  uis <- quantreg_uis()
  by_beck <- cut(uis$BECK, c(-1, 5, 10, 15, 20, 25, 30, 60))
  tables <- list(
    uis = data.frame(x = c(tapply(uis$BECK, by_beck, mean)), share = c(tapply(uis$LEN.T >= 90, by_beck, mean)), people = c(table(by_beck))),
    menarche = with(MASS::menarche, data.frame(x = Age, share = Menarche / Total, people = Total)),
    esoph = with(aggregate(cbind(ncases, ncontrols) ~ alcgp, esoph, sum),
                 data.frame(x = as.integer(alcgp), share = ncases / (ncases + ncontrols), people = ncases + ncontrols))
  )
  lapply(tables, function(bins) {
    bins$std_error <- sqrt(bins$share * (1 - bins$share) / bins$people)
    fit <- lm(share ~ x, bins, weights = people)
    design <- model.matrix(fit)
    hat <- solve(crossprod(design, bins$people * design), t(bins$people * design))
    list(bins = bins, slope = unname(coef(fit)[2]), std_error = sqrt(sum(hat[2, ]^2 * bins$std_error^2)))
  })
}
