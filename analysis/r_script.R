# Compares the two waves of this bundle again, in R, without Rapport.
#
#   unzip bundle.zip && Rscript compare.R > figures.csv
#
# Reads responses_before.csv and responses_after.csv beside this file. Needs base R; with the
# package survey installed it also prints the rows "taylor". One row a comparison and variance:
#   taylor     survey::svyttest, svymean and degf: Taylor linearisation, R's own degrees of freedom
#   jackknife  delete one PSU at a time, in closed form, with Kish-Satterthwaite degrees of freedom
# Every change is after minus before; shares and their changes are proportions. An empty field could
# not be estimated. p_adjusted: Holm in the family primary, Benjamini-Hochberg in the others.
# Not made here: how much more the initiative's areas changed than comparison areas, where the plan
# names some (survey::svyglm(y ~ wave * place) on the rows of both), and the other methods beside the
# main results: each has its own function in R, named on its page of the documents.

# ---- What is compared, as the codebook and the plan say -----------------------------------------
#: facts
# -------------------------------------------------------------------------------------------------

#  Reading: codes that are not valid answers (don't know, skipped, not shown ...) are missing, never
#  zero.
folder <- local({
  file <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  if (length(file)) dirname(file[1]) else "."
})
read_wave <- function(name) {
  wave <- read.csv(file.path(folder, name),
    colClasses = "character", check.names = FALSE, na.strings = character(), encoding = "UTF-8"
  )
  names(wave)[1] <- sub("^\xef\xbb\xbf", "", names(wave)[1], useBytes = TRUE)
  names(wave) <- trimws(names(wave))
  wave[] <- lapply(wave, trimws)
  wave
}
#  People outside the population leave, as the plan says.
eligible <- function(wave) {
  for (id in intersect(names(exclusions), names(wave))) {
    wave <- wave[!suppressWarnings(as.numeric(wave[[id]])) %in% exclusions[[id]], , drop = FALSE]
  }
  #  Who lives in a comparison area, or in no area that is known, is in none of these comparisons.
  for (id in names(comparison_areas)) {
    elsewhere <- comparison_areas[[id]]
    if (is.character(elsewhere)) {
      here <- !wave[[id]] %in% elsewhere
    } else {
      code <- suppressWarnings(as.numeric(wave[[id]]))
      here <- code %in% questions[[id]]$valid & !code %in% elsewhere
    }
    wave <- wave[here, , drop = FALSE]
  }
  wave
}
before <- eligible(read_wave("responses_before.csv"))
after <- eligible(read_wave("responses_after.csv"))
n_before <- nrow(before)
n <- n_before + nrow(after)
after_wave <- seq_len(n) > n_before

cells <- function(column) {
  one <- function(wave) if (column %in% names(wave)) wave[[column]] else rep("", nrow(wave))
  c(one(before), one(after))
}
number <- function(column) {
  text <- cells(column)
  text[text == ""] <- NA
  as.numeric(text)
}
answer <- function(id) {
  value <- number(id)
  question <- questions[[id]]
  if (length(question$valid)) value[!value %in% question$valid] <- NA
  value[value %in% question$missing] <- NA
  value
}

#  A scale score is the mean of the valid answers when enough of them are there.
score <- function(scale) {
  items <- sapply(scale$items, function(id) {
    value <- answer(id)
    if (id %in% scale$reverse) sum(range(questions[[id]]$valid)) - value else value
  })
  answered <- rowSums(!is.na(items))
  ifelse(answered >= scale$needed, rowSums(items, na.rm = TRUE) / answered, NA)
}
values_of <- function(comparison) {
  if (comparison$measure == "share") {
    value <- answer(comparison$variable)
    return(ifelse(is.na(value), NA, as.numeric(value %in% comparison$codes)))
  }
  scale <- scales[[comparison$outcome]]
  if (is.null(scale)) answer(comparison$outcome) else score(scale)
}
members_of <- function(group) {
  if (is.null(group)) return(rep(TRUE, n))
  if (is.character(group$code)) return(cells(group$variable) == group$code)
  value <- number(group$variable)
  !is.na(value) & value == group$code
}

# ---- The design ---------------------------------------------------------------------------------
#  PSU: its column, else the person's code (an empty one links nobody), else the respondent.
#  Wave enters the strata if and only if no PSU stands in both waves.
label <- function(role) if (is.null(design[[role]])) NULL else cells(design[[role]])
weight <- if (is.null(design$weight)) rep(1, n) else number(design$weight)

#  Each wave raked to the population, its levels joined as in the report. Who did not give a
#  demographic is a level whose target is its own share. Weights out of bounds (in means) are cut,
#  what that takes or leaves is shared among the others, and the wave is raked again.
level_of <- function(margin) {
  if (length(margin$ticks)) {
    ticked <- sapply(names(margin$ticks), function(id) answer(id) %in% 1)
    code <- unlist(margin$ticks)[max.col(ticked, "first")]
    code[rowSums(ticked) > 1] <- max(unlist(margin$ticks)) + 1
    code[rowSums(ticked) == 0] <- NA
  } else {
    code <- answer(margin$variable)
  }
  level <- rep(NA, n)
  for (g in seq_along(margin$groups)) level[code %in% margin$groups[[g]]] <- g
  level
}
target_of <- function(margin, rows) {
  level <- level_of(margin)[rows]
  silent <- sum(weight[rows][is.na(level)]) / sum(weight[rows])
  shares <- margin$shares
  if (silent > 0) {
    level[is.na(level)] <- length(shares) + 1
    shares <- c(shares * (1 - silent), silent)
  }
  list(level = level, shares = shares)
}
rake <- function(w, targets) {
  w <- w / mean(w)
  for (round in 1:1000) {
    last <- w
    for (target in targets) {
      held <- as.numeric(tapply(w, factor(target$level, seq_along(target$shares)), sum))
      w <- w * (target$shares * length(w) / held)[target$level]
    }
    if (max(abs(w - last)) < 1e-10) break
  }
  w
}
trim <- function(w) {
  trimmed <- rep(FALSE, length(w))
  repeat {
    bounded <- pmin(pmax(w, weighting$low), weighting$high)
    outside <- bounded != w
    if (!any(outside)) {
      return(w)
    }
    trimmed <- trimmed | outside
    if (all(trimmed)) {
      return(bounded)
    }
    w <- ifelse(trimmed, bounded, bounded + sum(w - bounded) / sum(!trimmed))
  }
}
weigh <- function(rows) {
  targets <- lapply(weighting$margins, target_of, rows)
  w <- rake(weight[rows], targets)
  rounds <- 0
  while (min(w) < weighting$low * (1 - 1e-9) || max(w) > weighting$high * (1 + 1e-9)) {
    w <- trim(w)
    if (rounds == 10) break
    rounds <- rounds + 1
    w <- rake(w, targets)
  }
  w
}
if (length(weighting)) weight <- c(weigh(which(!after_wave)), weigh(which(after_wave)))

psu <- label("psu")
if (is.null(psu) && !is.null(design$person_code)) {
  psu <- label("person_code")
  psu[psu == ""] <- paste("row", which(psu == ""), sep = "\r")
}
drawn_alone <- is.null(psu) || !anyDuplicated(psu)
person_is_psu <- is.null(design$psu) || drawn_alone
if (is.null(psu)) psu <- as.character(seq_len(n))
stratum <- label("stratum")
if (is.null(stratum)) stratum <- rep("all", n)
waves_share_psus <- any(psu[after_wave] %in% psu[!after_wave])
if (!waves_share_psus) stratum <- paste(ifelse(after_wave, "after", "before"), stratum)
psu <- as.integer(factor(psu))
stratum <- as.integer(factor(stratum))
psu_stratum <- stratum[match(seq_len(max(psu)), psu)]
psus_in_stratum <- tabulate(psu_stratum, max(stratum))
strata_in_wave <- tapply(stratum, after_wave, function(s) length(unique(s)))
simple_random <- drawn_alone && !waves_share_psus && is.null(design$fpc) &&
  all(strata_in_wave == 1) && all(tapply(weight, after_wave, function(w) all(w == w[1])))

# ---- One wave's estimate, and the change, given variance and degrees of freedom ------------------
#  A variance that is nothing but rounding is none: no spread was seen.
is_rounding <- function(v, waves) {
  size <- sum(sapply(waves, function(wave) abs(wave$estimate) + wave$sd))
  v <= (1e-13 * size)^2
}
wave_of <- function(y, rows) {
  rows <- rows[!is.na(y[rows])]
  if (length(rows) < 2) return(NULL)
  y <- y[rows]
  w <- weight[rows]
  m <- sum(w * y) / sum(w)
  share <- w / sum(w)
  list(
    rows = rows, n = length(rows), estimate = m, share = share, influence = share * (y - m),
    chosen = sum(y != 0), n_eff = 1 / sum(share^2),
    sd = sqrt(length(rows) / (length(rows) - 1) * sum(share * (y - m)^2))
  )
}
wilson <- function(p, n, z = qnorm(0.975)) {
  centre <- (p + z^2 / (2 * n)) / (1 + z^2 / n)
  half <- z / (1 + z^2 / n) * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))
  c(max(0, centre - half), min(1, centre + half))
}
clopper_pearson <- function(p, n) {
  x <- p * n
  c(
    if (x <= 0) 0 else qbeta(0.025, x, n - x + 1),
    if (x >= n) 1 else qbeta(0.975, x + 1, n - x)
  )
}
korn_graubard <- function(p, v, n, df) {
  clopper_pearson(p, p * (1 - p) / v * (qt(0.975, n - 1) / qt(0.975, df))^2)
}
share_interval <- function(wave, v, df) {
  p <- min(max(wave$estimate, 0), 1)
  unanimous <- wave$chosen == 0 || wave$chosen == wave$n
  if (simple_random) return(wilson(p, wave$n))
  if (df < 1) return(c(NA, NA))
  if (unanimous) {
    pieces <- if (drawn_alone) Inf else length(unique(psu[wave$rows]))
    return(clopper_pearson(round(p), min(wave$n_eff, pieces)))
  }
  if (v == 0) c(NA, NA) else korn_graubard(p, v, wave$n, df)
}
estimate <- function(wave, v, df, measure) {
  if (is.null(wave)) return(c(n = 0, n_eff = NA, estimate = NA, se = NA, low = NA, high = NA))
  known <- is.finite(v)
  if (known && is_rounding(v, list(wave))) v <- 0
  mean_interval <- function() {
    if (v == 0 || df < 1) c(NA, NA) else wave$estimate + c(-1, 1) * qt(0.975, df) * sqrt(v)
  }
  interval <- if (!known) c(NA, NA)
  else if (measure == "share") share_interval(wave, v, df) else mean_interval()
  c(
    n = wave$n, n_eff = wave$n_eff, estimate = wave$estimate,
    se = if (known && v > 0) sqrt(v) else NA, low = interval[1], high = interval[2]
  )
}
change <- function(difference, v, df) {
  names <- c("change", "se", "df", "t", "p", "low", "high", "low90", "high90")
  if (!is.finite(v) || v <= 0 || df < 1) return(setNames(rep(NA_real_, 9), names))
  se <- sqrt(v)
  t <- difference / se
  setNames(c(
    difference, se, df, t, 2 * pt(-abs(t), df), difference + c(-1, 1) * qt(0.975, df) * se,
    difference + c(-1, 1) * qt(0.95, df) * se
  ), names)
}

# ---- Jackknife, in closed form -------------------------------------------------------------------
psus_less_strata <- function(rows) {
  present <- unique(psu[rows])
  length(present) - length(unique(psu_stratum[present]))
}
#  Influence and weight share summed over PSUs, one entry a PSU of the whole design.
totals <- function(wave) {
  sum_over <- function(x) {
    found <- rowsum(x, psu[wave$rows])
    total <- numeric(max(psu))
    total[as.integer(rownames(found))] <- found
    total
  }
  list(u = sum_over(wave$influence), h = sum_over(wave$share), psus = unique(psu[wave$rows]))
}
#  How far an estimate moves when one PSU of `psus` is left out; n_h PSUs in its stratum h.
moved <- function(total, psus, n_h) {
  h <- psu_stratum[psus]
  whole <- function(x) {
    sums <- rowsum(x[psus], h)
    sums[match(h, as.integer(rownames(sums)))]
  }
  a <- ifelse(n_h > 1, n_h / pmax(n_h - 1, 1), 1)
  (a * (whole(total$u) - total$u[psus]) - whole(total$u)) /
    (1 + a * (whole(total$h) - total$h[psus]) - whole(total$h))
}
pieces <- function(wave) {
  total <- totals(wave)
  if (person_is_psu) 1 / sum(total$h^2) else length(total$psus)
}
#  Covariance of the estimates in `waves`, which lie in these places (1 before, 2 after). A wave of
#  one stratum leaves out only PSUs that hold an answer; with several every PSU of them counts.
jackknife_covariance <- function(waves, places) {
  parts <- lapply(waves, totals)
  size <- length(parts)
  if (any(sapply(parts, function(part) any(part$h > 1 - 1e-12)))) return(matrix(NA, size, size))
  one_stratum <- if (waves_share_psus) length(psus_in_stratum) == 1 else strata_in_wave[places] == 1
  deltas <- function(part, alone, present, everyone) {
    psus <- if (alone) present else everyone
    n_h <- if (alone) rep(length(psus), length(psus)) else psus_in_stratum[psu_stratum[psus]]
    moved(part, psus, n_h) * sqrt((n_h - 1) / n_h)
  }
  if (waves_share_psus) {
    present <- unique(unlist(lapply(parts, function(part) part$psus)))
    return(crossprod(sapply(parts, deltas, one_stratum, present, seq_len(max(psu)))))
  }
  v <- sapply(seq_along(parts), function(i) {
    in_wave <- after_wave == (places[i] == 2)
    everyone <- which(psu_stratum %in% stratum[in_wave])
    sum(deltas(parts[[i]], one_stratum[i], parts[[i]]$psus, everyone)^2)
  })
  diag(v, size)
}
by_jackknife <- function(y, members, waves, measure) {
  alone <- function(place) {
    wave <- waves[[place]]
    if (is.null(wave)) return(estimate(NULL))
    df <- min(psus_less_strata(wave$rows), pieces(wave) - 1)
    estimate(wave, jackknife_covariance(waves[place], place)[1], df, measure)
  }
  found <- list(alone(1), alone(2))
  if (any(sapply(waves, is.null))) return(c(found, list(change(NA, NA, NA))))
  v <- jackknife_covariance(waves, 1:2)
  difference <- waves[[2]]$estimate - waves[[1]]$estimate
  total <- v[1, 1] + v[2, 2] - 2 * v[1, 2]
  if (is.finite(total) && is_rounding(total, waves)) total <- 0
  df <- min(
    psus_less_strata(c(waves[[1]]$rows, waves[[2]]$rows)),
    sum(diag(v))^2 / sum(diag(v)^2 / (sapply(waves, pieces) - 1))
  )
  c(found, list(change(difference, total, df)))
}

# ---- Taylor linearisation, by the package survey --------------------------------------------------
has_survey <- requireNamespace("survey", quietly = TRUE)
if (has_survey) {
  options(survey.lonely.psu = if (lonely_psu == "refuse") "fail" else lonely_psu)
  everyone <- data.frame(psu, stratum, weight, wave = as.numeric(after_wave))
  if (!is.null(design$fpc)) everyone$fpc <- number(design$fpc)
  two_stages <- !is.null(design$ssu)
  if (two_stages) {
    everyone$ssu <- paste(psu, label("ssu"), sep = "\r")
    everyone$ssu_fpc <- number(design$ssu_fpc)
  }
  survey_design <- survey::svydesign(
    ids = if (two_stages) ~ psu + ssu else ~psu, strata = ~stratum, weights = ~weight,
    fpc = if (two_stages) ~ fpc + ssu_fpc else if (!is.null(design$fpc)) ~fpc, data = everyone
  )
}
by_taylor <- function(y, members, waves, measure) {
  with_answers <- update(survey_design, y = y)
  alone <- function(place) {
    wave <- waves[[place]]
    if (is.null(wave)) return(estimate(NULL))
    part <- with_answers[members & after_wave == (place == 2), ]
    v <- as.numeric(vcov(survey::svymean(~y, part, na.rm = TRUE)))
    estimate(wave, v, survey::degf(part), measure)
  }
  found <- list(alone(1), alone(2))
  if (any(sapply(waves, is.null))) return(c(found, list(change(NA, NA, NA))))
  test <- survey::svyttest(y ~ wave, with_answers[members, ])
  se <- unname(test$estimate / test$statistic)
  #  svyttest tells no se, and t = 0 hides it: then from the model that it fits.
  if (!is.finite(se)) se <- survey::SE(survey::svyglm(y ~ wave, with_answers[members, ]))[[2]]
  if (is.finite(se) && is_rounding(se^2, waves)) se <- 0
  c(found, list(change(unname(test$estimate), se^2, unname(test$parameter))))
}

# ---- All comparisons ------------------------------------------------------------------------------
methods <- list()
if (has_survey) methods$taylor <- by_taylor
is_lonely <- any(psus_in_stratum == 1)
if (is.null(design$fpc) && (!is_lonely || lonely_psu == "certainty")) methods$jackknife <- by_jackknife
rows <- list()
for (variance in names(methods)) for (comparison in comparisons) {
  y <- values_of(comparison)
  members <- members_of(comparison$group)
  waves <- lapply(list(!after_wave, after_wave), function(in_wave) wave_of(y, which(members & in_wave)))
  found <- methods[[variance]](y, members, waves, comparison$measure)
  names(found[[1]]) <- paste0("before_", names(found[[1]]))
  names(found[[2]]) <- paste0("after_", names(found[[2]]))
  group <- comparison$group
  rows[[length(rows) + 1]] <- data.frame(
    variance = variance, outcome = comparison$outcome, measure = comparison$measure,
    codes = paste(comparison$codes, collapse = " "),
    group = if (is.null(group)) "" else group$variable,
    code = if (is.null(group)) "" else as.character(group$code),
    family = comparison$family, t(unlist(found)), check.names = FALSE
  )
}
figures <- do.call(rbind, rows)
figures$p_adjusted <- NA_real_
for (part in split(seq_len(nrow(figures)), list(figures$variance, figures$family), drop = TRUE)) {
  method <- if (figures$family[part[1]] == "primary") "holm" else "BH"
  figures$p_adjusted[part] <- p.adjust(figures$p[part], method)
}
numeric <- sapply(figures, is.numeric)
figures[numeric] <- lapply(figures[numeric], function(x) ifelse(is.na(x), "", sprintf("%.17g", x)))
write.csv(figures, stdout(), row.names = FALSE, fileEncoding = "UTF-8")
