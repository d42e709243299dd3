# ---- The design ---------------------------------------------------------------------------------
#  PSU: its column, else the person's code (an empty one links nobody), else the respondent.
#  Wave enters the strata if and only if no PSU stands in two waves.
label <- function(role) if (is.null(design[[role]])) NULL else cells(design[[role]])

#  Everything below looks at these waves: their sheets, weights, PSUs and strata. places: where each
#  wave was fielded; the stratum where the plan names none.
use <- function(waves, places = rep("all", length(waves))) {
  sheets <<- waves
  wave_of <<- rep(seq_along(waves), sapply(waves, nrow))
  n <<- length(wave_of)
  weight <<- if (is.null(design$weight)) rep(1, n) else number(design$weight)
  if (length(weighting)) {
    weight <<- unlist(lapply(seq_along(waves), function(wave) weigh(which(wave_of == wave))))
  }
  psu <<- label("psu")
  if (is.null(psu) && !is.null(design$person_code)) {
    psu <<- label("person_code")
    psu[psu == ""] <<- paste("row", which(psu == ""), sep = "\r")
  }
  drawn_alone <<- is.null(psu) || !anyDuplicated(psu)
  person_is_psu <<- is.null(design$psu) || drawn_alone
  if (is.null(psu)) psu <<- as.character(seq_len(n))
  stratum <<- label("stratum")
  if (is.null(stratum)) stratum <<- places[wave_of]
  waves_share_psus <<- anyDuplicated(unique(data.frame(psu, wave_of))$psu) > 0
  if (!waves_share_psus) stratum <<- paste(wave_of, stratum)
  fpc <<- design$fpc
  count_psus()
}
#  Clusters that are too few to show anything are left out: each respondent is a PSU.
use_respondents <- function() {
  psu <<- seq_len(n)
  stratum <<- paste(wave_of, stratum)
  drawn_alone <<- person_is_psu <<- TRUE
  waves_share_psus <<- FALSE
  fpc <<- NULL
  count_psus()
}
count_psus <- function() {
  psu <<- as.integer(factor(psu))
  stratum <<- as.integer(factor(stratum))
  psu_stratum <<- stratum[match(seq_len(max(psu)), psu)]
  psus_in_stratum <<- tabulate(psu_stratum, max(stratum))
  strata_in_wave <<- tapply(stratum, wave_of, function(s) length(unique(s)))
  simple_random <<- drawn_alone && !waves_share_psus && is.null(fpc) &&
    all(strata_in_wave == 1) && all(tapply(weight, wave_of, function(w) all(w == w[1])))
  if (has_survey) survey_design <<- label_design()
}

has_survey <- requireNamespace("survey", quietly = TRUE)
if (has_survey) options(survey.lonely.psu = if (lonely_psu == "refuse") "fail" else lonely_psu)
label_design <- function() {
  everyone <- data.frame(psu, stratum, weight, wave = wave_of)
  two_stages <- !is.null(fpc) && !is.null(design$ssu)
  if (!is.null(fpc)) everyone$fpc <- number(fpc)
  if (two_stages) {
    everyone$ssu <- paste(psu, label("ssu"), sep = "\r")
    everyone$ssu_fpc <- number(design$ssu_fpc)
  }
  survey::svydesign(
    ids = if (two_stages) ~ psu + ssu else ~psu, strata = ~stratum, weights = ~weight,
    fpc = if (two_stages) ~ fpc + ssu_fpc else if (!is.null(fpc)) ~fpc, data = everyone
  )
}
