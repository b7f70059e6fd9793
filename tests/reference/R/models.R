# Fine-Gray, mixed logistic and mixed linear models, spline Cox, funnel limits, within-person correlation, E-values.

fine_gray_reference <- function(set) {
  set$x <- as.integer(set$group == sort(unique(set$group))[1])
  set$id <- seq_len(nrow(set))
  state <- factor(ifelse(set$cause == 1, 1, ifelse(set$cause == 0, 0, 2)), 0:2)
  wide <- finegray(Surv(day, state) ~ x + id, data = transform(set, state = state), etype = "1")
  fit <- coxph(Surv(fgstart, fgstop, fgstatus) ~ x, wide, weights = fgwt, cluster = id, ties = "breslow",
               control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
  list(coefficient = unname(coef(fit)), std_error = sqrt(fit$var[1, 1]))
}

# Deviance without the binomial coefficients, so that it is minus twice the log-likelihood the product reports.
mixed_logistic_reference <- function(set) {
  names_x <- grep("^x", names(set), value = TRUE)
  set[names_x] <- lapply(set[names_x], function(x) (x - mean(x)) / sd(x))
  model <- as.formula(paste("cbind(y, n - y) ~", paste(names_x, collapse = " + "), "+ (1 | cluster)"))
  tight <- lme4::glmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.1, rhoend = 1e-9, maxfun = 1e5),
                              check.conv.singular = "ignore")
  fit <- lme4::glmer(model, set, binomial, nAGQ = 15, control = tight)
  effects <- lme4::ranef(fit, condVar = TRUE)$cluster
  list(coefficients = unname(lme4::fixef(fit)), std_errors = unname(sqrt(diag(as.matrix(vcov(fit))))),
       sd = unname(attr(lme4::VarCorr(fit)$cluster, "stddev")), units = as.list(as.character(sort(unique(set$cluster)))),
       shrunken = effects[as.character(sort(unique(set$cluster))), 1])
}

trajectory_sets <- function() {
  sleep <- lme4::sleepstudy
  ortho <- as.data.frame(nlme::Orthodont)
  glucose <- as.data.frame(nlme::BodyWeight)
  list(
    sleepstudy = data.frame(person = as.integer(sleep$Subject), time = sleep$Days, score = sleep$Reaction),
    orthodont = data.frame(person = as.integer(factor(ortho$Subject)), time = ortho$age - 8, score = ortho$distance),
    bodyweight = data.frame(person = as.integer(factor(glucose$Rat)), time = glucose$Time / 7, score = glucose$weight)
  )
}

trajectory_reference <- function(set) {
  tight <- lme4::lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
  fit <- lme4::lmer(score ~ time + (time | person), set, REML = TRUE, control = tight)
  spread <- as.data.frame(lme4::VarCorr(fit))
  # One slope for all, an intercept for each person: the within-person correlation of time and score.
  line <- lm(score ~ factor(person) + time, set)
  parts <- anova(line)[["Sum Sq"]]
  rho <- sign(coef(line)[["time"]]) * sqrt(parts[2] / (parts[2] + parts[3]))
  df <- line$df.residual
  half <- qnorm(0.975) / sqrt(df - 1)
  list(coefficients = unname(lme4::fixef(fit)), std_errors = unname(sqrt(diag(as.matrix(vcov(fit))))),
       sd_intercept = spread$sdcor[1], sd_slope = spread$sdcor[2], correlation = spread$sdcor[3], sd_residual = spread$sdcor[4],
       within = list(r = rho, df = df, lower = tanh(atanh(rho) - half), upper = tanh(atanh(rho) + half),
                     p = anova(line)["time", "Pr(>F)"]))
}

spline_reference <- function(set) {
  bends <- function(x, k) {
    cubed <- function(u) pmax(u, 0)^3
    n <- length(k)
    sapply(seq_len(n - 2), function(i) {
      (cubed(x - k[i]) - cubed(x - k[n - 1]) * (k[n] - k[i]) / (k[n] - k[n - 1]) +
         cubed(x - k[n]) * (k[n - 1] - k[i]) / (k[n] - k[n - 1])) / (k[n] - k[1])^2
    })
  }
  x <- set$x1
  k <- quantile(x, c(0.05, 0.35, 0.65, 0.95), names = FALSE)
  control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
  columns <- cbind(x, bends(x, k))
  fit <- coxph(Surv(set$day, set$event) ~ columns, control = control)
  line <- coxph(Surv(set$day, set$event) ~ x, control = control)
  scores <- quantile(x, c(0, 0.1, 0.25, 0.75, 0.9, 1), names = FALSE)
  middle <- median(x)
  rows <- cbind(scores, bends(scores, k)) - matrix(c(middle, bends(c(middle, middle), k)[1, ]), length(scores), 3, byrow = TRUE)
  test <- anova(line, fit)
  list(knots = k, coefficients = unname(coef(fit)), reference = middle, scores = scores, estimate = c(rows %*% coef(fit)),
       std_error = sqrt(diag(rows %*% vcov(fit) %*% t(rows))), chi2 = test$Chisq[2], df = test$Df[2], p = test[["Pr(>|Chi|)"]][2])
}

# Limits by the published formula, with R's own binomial functions; the overdispersion with R's quantiles.
funnel_reference <- function() {
  herds <- aggregate(cbind(incidence, size) ~ herd, lme4::cbpp, sum)
  share <- sum(herds$incidence) / sum(herds$size)
  limit <- function(n, tail) {
    r <- qbinom(tail, n, share)
    pmin(pmax((r - (pbinom(r, n, share) - tail) / dbinom(r, n, share)) / n, 0), 1)
  }
  z <- (herds$incidence / herds$size - share) / sqrt(share * (1 - share) / herds$size)
  z <- pmin(pmax(z, quantile(z, 0.1)), quantile(z, 0.9))
  w <- herds$size / (share * (1 - share))
  phi <- mean(z^2)
  tau2 <- max(0, (length(z) * phi - (length(z) - 1)) / (sum(w) - sum(w^2) / sum(w)))
  sizes <- c(10, 25, 60, 250, 4000)
  tails <- c(0.001, 0.025, 0.975, 0.999)
  list(events = herds$incidence, size = herds$size, share = share, sizes = sizes, tails = tails,
       exact = lapply(tails, function(tail) limit(sizes, tail)),
       wide = lapply(tails, function(tail) pmin(pmax(share + qnorm(tail) * sqrt(share * (1 - share) / sizes + tau2), 0), 1)),
       phi = phi, tau2 = tau2)
}

e_value_reference <- function() {
  strength <- function(rr) { rr <- ifelse(rr < 1, 1 / rr, rr); rr + sqrt(rr * (rr - 1)) }
  common <- function(hr) (1 - 0.5^sqrt(hr)) / (1 - 0.5^sqrt(1 / hr))
  hr <- c(0.56, 0.8, 1.02, 1.7)
  lower <- c(0.46, 0.62, 0.9, 1.2)
  upper <- c(0.69, 1.03, 1.15, 2.4)
  nearer <- function(f) ifelse(lower <= 1 & upper >= 1, 1, strength(f(ifelse(hr > 1, lower, upper))))
  list(ratio = hr, lower = lower, upper = upper, common = strength(common(hr)), common_limit = nearer(common),
       rare = strength(hr), rare_limit = nearer(identity))
}
