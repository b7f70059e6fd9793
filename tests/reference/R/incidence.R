# Competing exits: multi-state survfit (Aalen-Johansen with its standard errors and limits), Gray's test.

aj_reference <- function(day, cause) {
  k <- max(cause)
  state <- factor(cause, 0:k, c("censored", paste0("cause", seq_len(k))))
  fits <- lapply(SCALES, function(scale) survfit(Surv(day, state) ~ 1, conf.type = scale))
  one <- fits[[1]]
  curves <- lapply(0:k, function(s) {
    column <- s + 1
    curve <- data.frame(day = one$time, share = one$pstate[, column], std_error = one$std.err[, column])
    for (i in seq_along(SCALES)) {
      curve[[paste0("lower_", SCALES[i])]] <- missing_to_na(fits[[i]]$lower[, column])
      curve[[paste0("upper_", SCALES[i])]] <- missing_to_na(fits[[i]]$upper[, column])
    }
    some_rows(curve)
  })
  names(curves) <- paste0("state", 0:k)
  list(causes = k, rows = length(one$time), states = curves)
}

incidence_reference <- function(set) {
  out <- list(all = aj_reference(set$day, set$cause))
  groups <- sort(unique(set$group))
  if (length(groups) > 1) {
    out$groups <- lapply(setNames(groups, groups), function(g) {
      with(set[set$group == g, ], if (max(cause) == max(set$cause)) aj_reference(day, cause))
    })
    out$groups <- Filter(Negate(is.null), out$groups)
    tests <- cuminc(set$day, set$cause, set$group)$Tests
    out$gray <- data.frame(cause = as.integer(rownames(tests)), chi2 = tests[, "stat"], p = tests[, "pv"], df = tests[, "df"])
    out$difference <- difference_reference(set, groups[1:2])
  }
  out
}

# Difference of two cumulative incidences at the day that half of the follow-up has passed: limits by the distances
# to the limits of each curve (Zou & Donner 2008), from R's own log-log limits.
difference_reference <- function(set, pair) {
  day <- round(min(tapply(set$day, set$group, max)[pair]) / 2)
  read <- lapply(pair, function(g) {
    part <- set[set$group == g, ]
    fit <- survfit(Surv(day, factor(cause, 0:max(set$cause))) ~ 1, data = part, conf.type = "log-log")
    at <- summary(fit, times = day)
    km <- summary(survfit(Surv(day, cause == 1) ~ 1, data = part, conf.type = "log-log"), times = day)
    list(cif = c(at$pstate[2], at$lower[2], at$upper[2]), km = c(km$surv, km$lower, km$upper))
  })
  zou <- function(a, b) c(a[1] - b[1], a[1] - b[1] - sqrt((a[1] - a[2])^2 + (b[3] - b[1])^2),
                          a[1] - b[1] + sqrt((a[3] - a[1])^2 + (b[1] - b[2])^2))
  list(day = day, groups = pair, incidence = zou(read[[1]]$cif, read[[2]]$cif),
       survival = zou(read[[1]]$km, read[[2]]$km))
}
