# ---- Taylor linearisation, by the package survey --------------------------------------------------
#  One mean a wave (or a part of one); an error where survey cannot fit it.
means_of <- function(y, waves) {
  part <- rep(NA, n)
  for (i in seq_along(waves)) part[waves[[i]]$rows] <- i
  with_answers <- update(survey_design, y = y, mean_of = factor(part))
  survey::svyglm(y ~ 0 + mean_of, with_answers[!is.na(part), ])
}
by_taylor <- list(
  alone = function(y, members, wave, place, measure) {
    with_answers <- update(survey_design, y = y)
    part <- with_answers[members & wave_of == place, ]
    v <- as.numeric(vcov(survey::svymean(~y, part, na.rm = TRUE)))
    estimate(wave, v, survey::degf(part), measure)
  },
  contrast = function(y, members, waves, places, coefficients) {
    if (length(places) > 2) return(by_taylor$given(y, NULL, waves, coefficients))
    part <- update(survey_design, y = y, later = as.numeric(wave == places[2]))
    part <- part[members & wave_of %in% places, ]
    test <- survey::svyttest(y ~ later, part)
    se <- unname(test$estimate / test$statistic)
    #  svyttest tells no se, and t = 0 hides it: then from the model that it fits.
    if (!is.finite(se)) se <- survey::SE(survey::svyglm(y ~ later, part))[[2]]
    if (is.finite(se) && is_rounding(se^2, waves)) se <- 0
    change(unname(test$estimate), se^2, unname(test$parameter))
  },
  given = function(y, v, waves, coefficients) {
    fit <- means_of(y, waves)
    found <- survey::svycontrast(fit, coefficients)
    v <- as.numeric(vcov(found))
    if (is_rounding(v, waves)) v <- 0
    change(as.numeric(coef(found)), v, fit$df.residual)
  },
  df = function(parts, waves) {
    psus_less_strata(unlist(lapply(waves, function(wave) wave$rows))) + 1 - length(waves)
  },
  covariance = function(y, members, waves, places) vcov(means_of(y, waves))
)
