# ---- Taylor linearisation, by the package survey --------------------------------------------------
#  One mean a wave; NULL where survey cannot fit it.
means_of_waves <- function(y, members, places) {
  with_answers <- update(survey_design, y = y, mean_of = factor(wave))
  survey::svyglm(y ~ 0 + mean_of, with_answers[members & wave_of %in% places & !is.na(y), ])
}
by_taylor <- list(
  alone = function(y, members, wave, place, measure) {
    with_answers <- update(survey_design, y = y)
    part <- with_answers[members & wave_of == place, ]
    v <- as.numeric(vcov(survey::svymean(~y, part, na.rm = TRUE)))
    estimate(wave, v, survey::degf(part), measure)
  },
  contrast = function(y, members, waves, places, coefficients) {
    if (length(places) > 2) {
      fit <- means_of_waves(y, members, places)
      found <- survey::svycontrast(fit, coefficients)
      v <- as.numeric(vcov(found))
      if (is_rounding(v, waves)) v <- 0
      return(change(as.numeric(coef(found)), v, fit$df.residual))
    }
    part <- update(survey_design, y = y, later = as.numeric(wave == places[2]))
    part <- part[members & wave_of %in% places, ]
    test <- survey::svyttest(y ~ later, part)
    se <- unname(test$estimate / test$statistic)
    #  svyttest tells no se, and t = 0 hides it: then from the model that it fits.
    if (!is.finite(se)) se <- survey::SE(survey::svyglm(y ~ later, part))[[2]]
    if (is.finite(se) && is_rounding(se^2, waves)) se <- 0
    change(unname(test$estimate), se^2, unname(test$parameter))
  },
  covariance = function(y, members, waves, places) vcov(means_of_waves(y, members, places))
)
