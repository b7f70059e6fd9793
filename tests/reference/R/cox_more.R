# What else R says of the Cox models of cox.R: proportional hazards, concordance, predicted curves.

cox_more_reference <- function(set) {
  outcome <- if ("entry" %in% names(set)) "Surv(entry, day, event)" else "Surv(day, event)"
  names_x <- grep("^x", names(set), value = TRUE)
  inside <- Filter(function(x) any(tapply(set[[x]], set$stratum, function(v) length(unique(v)) > 1)), names_x)
  control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, toler.inf = 1e-8, iter.max = 60)
  plain <- as.formula(paste(outcome, "~", paste(names_x, collapse = " + ")))
  within <- as.formula(paste(outcome, "~", paste(c(inside, "strata(stratum)"), collapse = " + ")))
  tested <- function(model, clock, ties = "efron") {
    t <- cox.zph(coxph(model, set, ties = ties, control = control), transform = clock, terms = FALSE)$table
    list(term = as.list(rownames(t)), chi2 = unname(t[, 1]), df = unname(t[, 2]), p = unname(t[, 3]))
  }
  fit <- coxph(plain, set, control = control)
  concordant <- concordance(fit)
  at <- set[1, names_x, drop = FALSE]
  at[] <- lapply(set[names_x], function(x) quantile(x, 0.75, type = 1, names = FALSE))
  curve <- survfit(fit, newdata = at, conf.type = "log-log")
  left <- curve$n.event > 0
  # Events on day 0 have no logarithm; R's transform would be minus infinity.
  clocks <- c("km", "identity", "rank", if (min(set$day[set$event == 1]) > 0) "log")
  stratified <- if (length(inside) > 0 && length(unique(set$stratum)) > 1) tested(within, "km") else NULL
  points <- some_rows(data.frame(day = curve$time, survival = curve$surv, std_error = curve$std.err * curve$surv,
                                 lower = curve$lower, upper = curve$upper)[left, ])
  list(covariates = as.list(names_x), inside = as.list(inside),
       zph = setNames(lapply(clocks, function(clock) tested(plain, clock)), clocks),
       zph_breslow = tested(plain, "km", "breslow"), zph_stratified = stratified,
       concordance = unname(concordant$concordance), pairs = unname(as.numeric(concordant$count[1:3])),
       at = unlist(at, use.names = FALSE), curve = as.list(points))
}
