# Cox models in which people count more or less than once, joint tests of their coefficients, adjusted p-values.

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
         people = fit$n, events = fit$nevent, equal = equal_test(fit, length(unique(set$cluster))))
  }
  list(efron = one("efron", FALSE), efron_stratified = one("efron", TRUE),
       breslow = one("breslow", FALSE), breslow_stratified = one("breslow", TRUE))
}

# Wald test that all coefficients are equal, with the covariance over clusters, as Hotelling's T squared.
equal_test <- function(fit, clusters) {
  k <- length(fit$coefficients)
  if (k < 2) return(NULL)
  contrast <- cbind(-1, diag(k - 1))
  gap <- contrast %*% fit$coefficients
  wald <- as.numeric(t(gap) %*% solve(contrast %*% fit$var %*% t(contrast)) %*% gap)
  q <- k - 1
  f <- wald * (clusters - q) / (q * (clusters - 1))
  list(wald = wald, clusters = clusters, p = if (clusters > q) pf(f, q, clusters - q, lower.tail = FALSE) else NA)
}

adjusted_reference <- function() {
  sets <- list(c(.01, .02, .03, .04, .05), c(.04, .01, .20, .03, .03, .9), c(.5), c(.2, .2, .2), c(1e-8, .99, .049, .05, .051, .2, .013, .7))
  lapply(sets, function(p) list(p = as.list(p), adjusted = as.list(p.adjust(p, "BH"))))
}
