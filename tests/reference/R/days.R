# Mean days before an exit up to a horizon, and its error: each person's influence on the share in the state, over time.

days_reference <- function(sets) {
  competing <- Filter(function(set) max(set$cause) > 1, sets)
  lapply(competing, function(set) {
    horizon <- max(2, ceiling(as.numeric(quantile(set$day, 0.7))))
    fit <- survfit(Surv(day, factor(cause, 0:max(cause))) ~ 1, data = set, influence = TRUE)
    kept <- which(fit$time < horizon)
    width <- diff(c(fit$time[kept], horizon))
    before <- dim(fit$influence.pstate)[2] - length(fit$time)
    moved <- matrix(fit$influence.pstate[, kept + before, 2], ncol = length(kept)) %*% width
    list(horizon = horizon, days = horizon - sum(fit$pstate[kept, 2] * width), std_error = sqrt(sum(moved^2)))
  })
}
