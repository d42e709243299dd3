# ---- Three and more waves -------------------------------------------------------------------------
slope <- function(variance, comparison) {
  y <- values_of(comparison)
  times <- sapply(course, function(wave) wave$time)[wave_of]
  told <- no_change
  if (has_survey) {
    with_answers <- update(survey_design, y = y, time = times)
    fit <- survey::svyglm(y ~ time, with_answers[!is.na(y), ])
    v <- vcov(fit)[2, 2]
    times <- times[!is.na(y)]
    waves <- estimates(y, rep(TRUE, n), seq_along(course))
    if (is_rounding(v * mean((times - mean(times))^2), waves)) v <- 0
    told <- change(unname(coef(fit)[2]), v, fit$df.residual)
  }
  row_of(variance, "slope", comparison, change = told)
}
any_change <- function(variance, comparison) {
  y <- values_of(comparison)
  k <- length(course)
  waves <- estimates(y, rep(TRUE, n), seq_len(k))
  v <- methods[[variance]]$covariance(y, rep(TRUE, n), waves, seq_len(k))
  df <- psus_less_strata(which(!is.na(y))) + 1 - k
  told <- omnibus(waves, v, cbind(-1, diag(k - 1)), df)
  row_of(variance, "any change", comparison, change = told)
}
one_wave <- function(variance, comparison, place) {
  y <- values_of(comparison)
  everyone <- rep(TRUE, n)
  found <- alone(methods[[variance]], y, everyone, wave_of_rows(y, everyone, place), place,
    comparison$measure)
  row_of(variance, paste("wave", course[[place]]$name), comparison, before = found)
}
#  An outcome that some wave did not answer has no course.
has_course <- function(comparison) {
  !any(sapply(estimates(values_of(comparison), rep(TRUE, n), seq_along(course)), is.null))
}
#  Each wave less the one before, the last less the first, and those of the plan.
contrasts_of <- function(variance, comparison) {
  y <- values_of(comparison)
  everyone <- rep(TRUE, n)
  k <- length(course)
  contrast <- function(what, places, coefficients) {
    waves <- estimates(y, everyone, places)
    told <- methods[[variance]]$contrast(y, everyone, waves, places, coefficients)
    row_of(variance, what, comparison, change = told)
  }
  pairs <- c(lapply(seq_len(k - 1), function(i) c(i, i + 1)), list(c(1, k)))
  told <- lapply(pairs, function(pair) {
    names <- sapply(course[pair], function(wave) wave$name)
    contrast(paste(names, collapse = " to "), pair, c(-1, 1))
  })
  own <- lapply(names(contrasts), function(name) {
    contrast(paste("contrast", name), seq_len(k), contrasts[[name]])
  })
  adjusted(do.call(rbind, c(told, own)), "holm")
}
if (length(course)) {
  use(lapply(course, function(wave) lives(read_wave(wave$name), there = FALSE)))
  main <- Filter(has_course, main)
  for (variance in names(methods)) {
    figures <- rbind(
      figures,
      for_each(variance, main, function(...) {
        do.call(rbind, lapply(seq_along(course), function(place) one_wave(..., place)))
      }),
      adjusted(for_each(variance, main, slope), "holm"),
      adjusted(for_each(variance, main, any_change), "holm"),
      for_each(variance, main, contrasts_of)
    )
  }
}
