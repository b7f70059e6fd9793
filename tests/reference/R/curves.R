# Kaplan-Meier, medians, numbers at risk, restricted means, reverse Kaplan-Meier, log-rank.

SCALES <- c("plain", "log", "log-log")

km_reference <- function(day, cause) {
  event <- cause == 1
  fits <- lapply(SCALES, function(scale) survfit(Surv(day, event) ~ 1, conf.type = scale))
  one <- fits[[1]]
  curve <- data.frame(day = one$time, n_risk = one$n.risk, n_event = one$n.event, n_censored = one$n.censor,
                      survival = one$surv, std_error = missing_to_na(one$surv * one$std.err))
  for (i in seq_along(SCALES)) {
    curve[[paste0("lower_", SCALES[i])]] <- missing_to_na(fits[[i]]$lower)
    curve[[paste0("upper_", SCALES[i])]] <- missing_to_na(fits[[i]]$upper)
  }
  tau <- max(min(day), floor(max(day) * 0.8))
  rmean <- summary(one, rmean = tau)$table
  ask <- unique(round(max(day) * c(0, .1, .25, .5, .75)))
  read <- summary(one, times = ask, extend = TRUE)
  reverse <- survfit(Surv(day, cause == 0) ~ 1, conf.type = "log-log")
  middle <- lapply(fits, function(fit) unname(summary(fit)$table[c("median", "0.95LCL", "0.95UCL")]))
  names(middle) <- SCALES
  list(rows = nrow(curve), events = sum(event), curve = some_rows(curve),
       median = middle,
       follow_up_median = unname(summary(reverse)$table["median"]),
       rmst = list(tau = tau, rmst = unname(rmean["rmean"]), std_error = unname(rmean["se(rmean)"])),
       at_risk = data.frame(day = read$time, n_risk = read$n.risk, n_event = cumsum(read$n.event), survival = read$surv))
}

log_rank_result <- function(test) {
  expected <- if (is.matrix(test$exp)) rowSums(test$exp) else test$exp
  observed <- if (is.matrix(test$obs)) rowSums(test$obs) else test$obs
  df <- sum(expected > 0) - 1
  p <- if (df > 0) pchisq(test$chisq, df, lower.tail = FALSE) else NA
  list(chi2 = test$chisq, df = df, p = p,
       groups = sub("^group=", "", names(test$n)), observed = unname(observed), expected = unname(expected))
}

curve_reference <- function(set) {
  out <- list(all = km_reference(set$day, set$cause))
  groups <- sort(unique(set$group))
  if (length(groups) > 1) {
    out$groups <- lapply(setNames(groups, groups), function(g) with(set[set$group == g, ], km_reference(day, cause)))
    out$log_rank <- log_rank_result(survdiff(Surv(day, cause == 1) ~ group, data = set))
    if (length(unique(set$stratum)) > 1) {
      out$log_rank_stratified <- log_rank_result(survdiff(Surv(day, cause == 1) ~ group + strata(stratum), data = set))
    }
    pairs <- combn(groups, 2, simplify = FALSE)
    tests <- lapply(pairs, function(pair) survdiff(Surv(day, cause == 1) ~ group, data = set[set$group %in% pair, ]))
    p <- sapply(tests, function(test) log_rank_result(test)$p)
    out$pairs <- data.frame(group_a = sapply(pairs, `[`, 1), group_b = sapply(pairs, `[`, 2),
                            chi2 = sapply(tests, `[[`, "chisq"), p = p, q = p.adjust(p, "BH"))
  }
  out
}

# Errors that hold people of one cluster together, without a small-sample factor. With several states survfit 3.5 takes
# `cluster` but leaves it out of std.err, so there its influence of each person is added up by cluster.
clustered_reference <- function(set) {
  single <- survfit(Surv(day, cause == 1) ~ 1, data = set, cluster = cluster)
  out <- list(clusters = length(unique(set$cluster)),
              survival = some_rows(data.frame(day = single$time, share = single$surv,
                                              std_error = summary(single, times = single$time)$std.err)))
  if (max(set$cause) > 1) {
    several <- survfit(Surv(day, factor(cause, 0:max(cause))) ~ 1, data = set, influence = TRUE)
    influence <- several$influence.pstate[, , 2]
    extra <- ncol(influence) - length(several$time)
    if (extra > 0) influence <- influence[, -seq_len(extra), drop = FALSE]
    out$incidence <- some_rows(data.frame(day = several$time, share = several$pstate[, 2],
                                          std_error = sqrt(colSums(rowsum(influence, set$cluster)^2))))
  }
  out
}
