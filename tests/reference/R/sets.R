# Survival data sets: one row per person with `day` (whole), `cause` (0 censored, 1..k), `group`, `stratum`, `cluster`.
# All come with R packages; where R holds fractions of a month, or more days than a test needs, days are rounded up.

label <- function(prefix, x) ifelse(is.na(x), NA, paste0(prefix, x))
person_set <- function(day, cause, group, stratum, cluster) {
  set <- data.frame(day = as.integer(day), cause = as.integer(cause), group = group, stratum = stratum, cluster = cluster)
  set[complete.cases(set), ]
}

survival_sets <- function() {
  sets <- list()
  d <- lung
  sets$lung <- person_set(d$time, d$status == 2, label("sex", d$sex), label("ecog", pmin(d$ph.ecog, 2)), d$inst)
  d <- veteran
  sets$veteran <- person_set(d$time, d$status, as.character(d$celltype), label("trt", d$trt), label("k", d$karno))
  d <- ovarian
  sets$ovarian <- person_set(d$futime, d$fustat, label("rx", d$rx), label("resid", d$resid.ds), label("ecog", d$ecog.ps))
  d <- pbc
  sets$pbc <- person_set(ceiling(d$time / 7), d$status, label("stage", d$stage), as.character(d$sex), label("o", d$id %% 40))
  d <- colon[colon$etype == 2, ]
  sets$colon <- person_set(ceiling(d$time / 7), d$status, gsub("[+]", "_", as.character(d$rx)), label("differ", d$differ), label("n", d$nodes))
  d <- bladder1[!duplicated(bladder1$id), ]
  sets$bladder1 <- person_set(d$stop, d$status, as.character(d$treatment), label("size", pmin(d$size, 3)), label("n", d$number))
  d <- mgus2
  sets$mgus2 <- person_set(ifelse(d$pstat == 1, d$ptime, d$futime), ifelse(d$pstat == 1, 1, 2 * d$death),
                           as.character(d$sex), label("y", d$dxyr %/% 10), label("age", d$age))
  d <- rotterdam
  sets$rotterdam <- person_set(ceiling(pmin(d$rtime, d$dtime) / 30), ifelse(d$recur == 1, 1, 2 * d$death),
                               label("grade", d$grade), gsub("[<=>]", "x", as.character(d$size)), label("year", d$year))
  d <- retinopathy
  sets$retinopathy <- person_set(ceiling(d$futime * 30), d$status, label("trt", d$trt), as.character(d$type), d$id)
  d <- cgd[cgd$enum == 1, ]
  sets$cgd <- person_set(d$tstop, d$status, gsub("-", "_", as.character(d$treat)), as.character(d$inherit), as.integer(d$center))
  d <- myeloid
  first <- pmin(d$crtime, d$txtime, d$futime, na.rm = TRUE)
  cause <- ifelse(!is.na(d$crtime) & d$crtime == first, 1, ifelse(!is.na(d$txtime) & d$txtime == first, 2, 3 * d$death))
  sets$myeloid <- person_set(first, cause, d$trt, as.character(d$sex), d$id %% 30)
  d <- kidney
  sets$kidney <- person_set(d$time, d$status, as.character(d$disease), label("sex", d$sex), d$id)
  d <- transplant
  sets$transplant <- person_set(d$futime, as.integer(d$event) - 1, as.character(d$abo), as.character(d$sex), d$year)
  d <- MASS::Melanoma
  sets$Melanoma <- person_set(d$time, c(1, 0, 2)[d$status], label("ulcer", d$ulcer), label("sex", d$sex), d$year)
  d <- quantreg_uis()
  sets$uis <- person_set(d$TIME, d$CENSOR, label("treat", d$TREAT), label("site", d$SITE), label("age", d$AGE))
  d <- aml
  sets$aml <- person_set(d$time, d$status, as.character(d$x), rep("all", nrow(d)), seq_len(nrow(d)))
  c(sets, made_sets())
}

quantreg_uis <- function() {
  shelf <- new.env()
  data("uis", package = "quantreg", envir = shelf)
  shelf$uis
}

# Small sets made to reach the corners: what a curve does there is R's word against ours.
made_sets <- function() {
  tiny <- function(day, cause, group = "a", stratum = "s") {
    person_set(day, cause, rep_len(group, length(day)), rep_len(stratum, length(day)), seq_along(day))
  }
  list(
    day_zero = tiny(c(0, 0, 2, 2, 3, 5, 5, 5, 7, 8), c(1, 0, 0, 1, 2, 0, 1, 2, 1, 2), c("a", "b")),
    half_then_event = tiny(c(1, 2, 3, 4), c(1, 1, 1, 1)),
    half_then_none = tiny(c(1, 2, 3, 4), c(1, 1, 0, 0)),
    half_by_rounding = tiny(c(rep(1, 3), rep(2, 3), rep(3, 4), rep(4, 10)), c(rep(1, 10), rep(c(0, 1), 5))),
    all_censored = tiny(c(1, 2, 2, 5), rep(0, 4), c("a", "b")),
    one_person = tiny(4, 1),
    one_censored = tiny(4, 0),
    one_day = tiny(rep(3, 6), c(1, 1, 2, 1, 0, 0), c("a", "b")),
    all_leave = tiny(c(1, 2, 2, 3, 9), c(1, 2, 1, 1, 2)),
    no_event_group = tiny(c(1, 2, 3, 4, 5, 6, 7, 8), c(1, 0, 1, 0, 1, 0, 0, 0), c("a", "b")),
    crossing = tiny(c(1, 1, 1, 2, 2, 9, 9, 9, 9, 9, 4, 5, 5, 6, 6, 6, 7, 7, 8, 8),
                    c(1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), rep(c("a", "b"), each = 10),
                    c("s", "t", "u"))
  )
}
