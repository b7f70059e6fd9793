# Rebuilds every reference result: Rscript tests/reference/make_reference.R
# Needs R with survival, cmprsk, lme4, nlme, MASS, quantreg, sandwich, numDeriv. Writes data/, results/, transcript.txt.

root <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
transcript <- file(file.path(root, "transcript.txt"), "w")
sink(transcript)
suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
})
options(width = 120, digits = 7)
for (part in c("write", "sets", "curves", "incidence", "days", "shares", "logistic", "cox", "cox_weighted", "cox_more", "lagged", "models")) source(file.path(root, "R", paste0(part, ".R")))

cat("Reference results of the statistics, made with R. What follows is R's own print of the main ones.\n")
sets <- survival_sets()
for (name in names(sets)) {
  set <- sets[[name]]
  cat("\n==", name, "==\n")
  write_set(name, set)
  print(survfit(Surv(day, cause == 1) ~ 1, data = set, conf.type = "log-log"))
  if (length(unique(set$group)) > 1 && any(set$cause == 1)) print(survdiff(Surv(day, cause == 1) ~ group, data = set))
  results <- list(people = nrow(set), curves = curve_reference(set))
  if (max(set$cause) > 1) {
    print(survfit(Surv(day, factor(cause, 0:max(cause))) ~ 1, data = set))
    results$incidence <- incidence_reference(set)
  }
  if (length(unique(set$cluster)) > 1) results$clustered <- clustered_reference(set)
  write_results(name, results)
}

write_results("days", days_reference(sets))

cat("\n== shares, means, rank correlations ==\n")
shares <- shares_reference()
print(head(shares$shares, 12))
write_results("shares", shares)
write_results("means", means_reference())
write_results("spearman", spearman_reference())

cat("\n== logistic models and trends ==\n")
models <- logistic_sets()
for (name in names(models)) write_set(paste0("logistic_", name), models[[name]])
logistic <- lapply(models, logistic_reference)
print(lapply(logistic, function(fit) cbind(coefficient = fit$coefficients, se = fit$std_errors, cr0 = fit$cr0)))
write_results("logistic", list(models = logistic, trends = trend_reference()))

cat("\n== Cox models ==\n")
models <- cox_sets()
for (name in names(models)) write_set(paste0("cox_", name), models[[name]])
cox <- lapply(models, cox_reference)
print(lapply(cox, function(fits) with(fits$efron, cbind(coefficient = coefficients, se = std_errors, clustered = clustered))))
write_results("cox", cox)

cat("\n== Cox models with weights; equal coefficients; p-values adjusted for their number ==\n")
weighted <- lapply(models, cox_weighted_reference)
print(lapply(weighted, function(fits) with(fits$efron, cbind(coefficient = coefficients, se = std_errors, clustered = clustered))))
equal <- Filter(Negate(is.null), lapply(Filter(function(set) !("entry" %in% names(set)), models), equal_reference))
print(t(sapply(equal, unlist)))
write_results("cox_weighted", list(models = weighted, equal = equal, adjusted = adjusted_reference()))

cat("\n== proportional hazards, concordance, predicted curves ==\n")
more <- lapply(models, cox_more_reference)
print(lapply(more, function(found) with(found$zph$km, cbind(term = unlist(term), chi2 = format(chi2), df, p = format(p)))))
write_results("cox_more", more)

cat("\n== the last score before ==\n")
lagged <- lagged_reference()
print(lagged$fit)
write_results("lagged", lagged$results)

cat("\n== Fine-Gray, mixed models, splines, funnel limits, E-values ==\n")
# Sets in which every group has the exit: else the ratio has no maximum.
competing <- Filter(function(set) max(set$cause) > 1 && length(unique(set$group)) > 1 &&
                      all(tapply(set$cause == 1, set$group == sort(unique(set$group))[1], any)), sets)
fine_gray <- lapply(competing, fine_gray_reference)
print(t(sapply(fine_gray, unlist)))
mixed <- lapply(logistic_sets(), mixed_logistic_reference)
print(lapply(mixed, function(fit) c(fit$coefficients, sd = fit$sd)))
paths <- trajectory_sets()
for (name in names(paths)) write_set(paste0("trajectory_", name), paths[[name]])
trajectories <- lapply(paths, trajectory_reference)
print(lapply(trajectories, function(fit) unlist(fit[1:6])))
write_results("models", list(fine_gray = fine_gray, mixed_logistic = mixed, trajectories = trajectories,
                             splines = lapply(models[c("uis", "pbc", "veteran", "mgus2")], spline_reference),
                             funnel = funnel_reference(), e_values = e_value_reference()))

cat("\n== files read by the tests ==\n")
inputs <- c("make_reference.R", file.path("R", list.files(file.path(root, "R"))), file.path("data", list.files(file.path(root, "data"))))
write_results("made_from", as.list(setNames(unname(tools::md5sum(file.path(root, inputs))), inputs)))
cat(length(inputs), "files; their MD5 sums are in results/made_from.json\n\n")
session <- capture.output(print(sessionInfo(), locale = FALSE))
session <- grep("^(BLAS|LAPACK|Matrix products)", session, value = TRUE, invert = TRUE)
cat(session[nzchar(session)], sep = "\n")
versions <- sapply(c("MASS", "quantreg", "sandwich", "lme4", "nlme", "numDeriv"), function(p) as.character(packageVersion(p)))
cat("Used by name:", paste(names(versions), versions), "\n")
sink()
close(transcript)
