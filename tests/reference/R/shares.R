# Shares, differences of shares, clustered shares, means, quantiles, rank correlations.

share_rows <- function() {
  titanic <- apply(Titanic, c(1, 2, 4), sum)
  berkeley <- UCBAdmissions
  rbind(
    data.frame(set = "Titanic", k = as.vector(titanic[, , "Yes"]), n = as.vector(titanic[, , "Yes"] + titanic[, , "No"])),
    data.frame(set = "UCBAdmissions", k = as.vector(berkeley["Admitted", , ]),
               n = as.vector(berkeley["Admitted", , ] + berkeley["Rejected", , ])),
    data.frame(set = "esoph", k = esoph$ncases, n = esoph$ncases + esoph$ncontrols),
    data.frame(set = "menarche", k = MASS::menarche$Menarche, n = MASS::menarche$Total),
    data.frame(set = "uis", k = c(tapply(quantreg_uis()$TIME > 90, quantreg_uis()$AGE, sum)),
               n = c(table(quantreg_uis()$AGE)))
  )
}

shares_reference <- function() {
  rows <- share_rows()
  rows <- rows[rows$n > 0, ]
  wilson <- suppressWarnings(t(mapply(function(k, n) prop.test(k, n, correct = FALSE)$conf.int, rows$k, rows$n)))
  exact <- t(mapply(function(k, n) binom.test(k, n)$conf.int, rows$k, rows$n))
  shares <- data.frame(rows, wilson_lower = wilson[, 1], wilson_upper = wilson[, 2],
                       exact_lower = exact[, 1], exact_upper = exact[, 2])
  # Newcombe's method 10, from R's Wilson limits: neighbouring rows of one table are compared.
  i <- which(head(rows$set, -1) == tail(rows$set, -1))
  p <- rows$k / rows$n
  gap <- p[i] - p[i + 1]
  difference <- data.frame(k_a = rows$k[i], n_a = rows$n[i], k_b = rows$k[i + 1], n_b = rows$n[i + 1], estimate = gap,
    lower = gap - sqrt((p[i] - wilson[i, 1])^2 + (wilson[i + 1, 2] - p[i + 1])^2),
    upper = gap + sqrt((wilson[i, 2] - p[i])^2 + (p[i + 1] - wilson[i + 1, 1])^2))
  list(shares = shares, difference = difference, clustered = clustered_shares())
}

# Share of trials with persons (or herds, litters) as the independent units: the intercept of a binomial model with the
# sandwich over clusters, G/(G-1), t with G-1 degrees of freedom on the logit scale.
clustered_shares <- function() {
  bacteria <- MASS::bacteria
  sets <- list(
    cbpp = data.frame(unit = as.integer(lme4::cbpp$herd), k = lme4::cbpp$incidence, n = lme4::cbpp$size),
    bacteria = data.frame(unit = as.integer(bacteria$ID), k = as.integer(bacteria$y == "y"), n = 1),
    rats = data.frame(unit = rats$litter, k = as.integer(rats$status == 1), n = 1),
    kidney = data.frame(unit = kidney$id, k = kidney$status, n = 1)
  )
  lapply(sets, function(set) {
    sums <- aggregate(cbind(k, n) ~ unit, set, sum)
    fit <- glm(cbind(k, n - k) ~ 1, binomial, set, control = glm.control(epsilon = 1e-14, maxit = 100))
    groups <- nrow(sums)
    se <- sqrt(sandwich::vcovCL(fit, cluster = set$unit, type = "HC0", cadjust = TRUE)[1, 1])
    half <- qt(.975, groups - 1) * se
    list(k = sums$k, n = sums$n, estimate = unname(plogis(coef(fit))),
         lower = unname(plogis(coef(fit) - half)), upper = unname(plogis(coef(fit) + half)))
  })
}

means_reference <- function() {
  sets <- list(faithful = faithful$eruptions, precip = as.vector(precip), rivers = rivers,
               ozone = airquality$Ozone[!is.na(airquality$Ozone)], chick = ChickWeight$weight,
               beck = quantreg_uis()$BECK, karno = veteran$karno, ties = c(1, 1, 1, 2, 2, 3), pair = c(4, 9))
  probs <- c(0, .05, .1, .25, 1 / 3, .5, 2 / 3, .75, .9, .95, 1)
  lapply(sets, function(x) {
    list(values = x, n = length(x), mean = mean(x), std_dev = sd(x), limits = as.vector(t.test(x)$conf.int),
         probs = probs, quantiles = unname(quantile(x, probs, type = 7)))
  })
}

spearman_reference <- function() {
  pairs <- list(mtcars = mtcars[, c("mpg", "wt")], attitude = attitude[, c("rating", "learning")],
                swiss = swiss[, c("Fertility", "Catholic")], uis = quantreg_uis()[, c("BECK", "NDT")],
                iris = iris[, 1:2])
  lapply(pairs, function(pair) {
    r <- cor(pair[, 1], pair[, 2], method = "spearman")
    half <- qnorm(.975) * sqrt((1 + r^2 / 2) / (nrow(pair) - 3))
    list(x = pair[, 1], y = pair[, 2], estimate = r, lower = tanh(atanh(r) - half), upper = tanh(atanh(r) + half))
  })
}
