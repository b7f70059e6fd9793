# The last score before each day, parted between and within people, built row by row; then coxph with start and stop.
# Real ratings: log bilirubin of pbcseq, with day 0 of each person, death as the event, other endings censored.

lagged_reference <- function(carry = 365, ages = c(90, 270)) {
  seq <- pbcseq[order(pbcseq$id, pbcseq$day), ]
  seq$score <- round(log(seq$bili), 6)
  ratings <- data.frame(person = seq$id, day = seq$day, score = seq$score)
  first <- seq[!duplicated(seq$id), ]
  people <- data.frame(person = first$id, last = first$futime, left = as.integer(first$status == 2),
                       stratum = as.integer(first$sex == "f"), cluster = first$id %% 25)
  write_set("lagged_ratings", ratings)
  write_set("lagged_people", people)
  made <- list()
  for (i in seq_len(nrow(people))) {
    own <- ratings[ratings$person == people$person[i] & !is.na(ratings$score), ]
    for (k in seq_len(nrow(own))) {
      stop <- min(c(own$day[k] + carry, people$last[i], own$day[-(1:k)]))
      between <- mean(own$score[1:k])
      within <- if (k == 1) 0 else own$score[k] - mean(own$score[1:(k - 1)])
      cuts <- own$day[k] + c(0, ages, Inf)
      for (age in 1:3) {
        from <- cuts[age]
        to <- min(cuts[age + 1], stop)
        if (from < to) made[[length(made) + 1]] <- data.frame(
          person = people$person[i], start = from, stop = to, event = as.integer(people$left[i] == 1 && to == people$last[i]),
          between = between, within = within, stratum = people$stratum[i], age = age, cluster = people$cluster[i])
      }
    }
  }
  rows <- do.call(rbind, made)
  control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, toler.inf = 1e-8, iter.max = 60)
  fit <- coxph(Surv(start, stop, event) ~ between + within + strata(stratum, age), rows, ties = "efron", cluster = cluster,
               robust = TRUE, control = control)
  results <- list(carry = carry, ages = ages, rows = nrow(rows), days = sum(rows$stop - rows$start), events = fit$nevent,
                  coefficients = unname(fit$coefficients), std_errors = unname(sqrt(diag(fit$naive.var))),
                  clustered = unname(sqrt(diag(fit$var))), log_likelihood = fit$loglik[2])
  list(fit = fit, results = results)
}
