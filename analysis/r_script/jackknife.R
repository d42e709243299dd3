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
#  Covariance of the estimates in `waves`, which lie in the waves of these numbers. A wave of one
#  stratum leaves out only PSUs that hold an answer; with several every PSU of them counts. Two
#  estimates of one wave, or of waves that share PSUs, vary together.
jackknife_covariance <- function(waves, places) {
  parts <- lapply(waves, totals)
  size <- length(parts)
  if (any(sapply(parts, function(part) any(part$h > 1 - 1e-12)))) return(matrix(NA, size, size))
  together <- waves_share_psus || anyDuplicated(places) > 0
  one_stratum <- if (together) length(psus_in_stratum) == 1 else strata_in_wave[places] == 1
  deltas <- function(part, alone, present, everyone) {
    psus <- if (alone) present else everyone
    n_h <- if (alone) rep(length(psus), length(psus)) else psus_in_stratum[psu_stratum[psus]]
    moved(part, psus, n_h) * sqrt((n_h - 1) / n_h)
  }
  if (together) {
    present <- unique(unlist(lapply(parts, function(part) part$psus)))
    return(crossprod(sapply(parts, deltas, one_stratum, present, seq_len(max(psu)))))
  }
  v <- sapply(seq_along(parts), function(i) {
    in_wave <- wave_of == places[i]
    everyone <- which(psu_stratum %in% stratum[in_wave])
    sum(deltas(parts[[i]], one_stratum[i], parts[[i]]$psus, everyone)^2)
  })
  diag(v, size)
}
by_jackknife <- list(
  alone = function(y, members, wave, place, measure) {
    df <- min(psus_less_strata(wave$rows), pieces(wave) - 1)
    estimate(wave, jackknife_covariance(list(wave), place)[1], df, measure)
  },
  contrast = function(y, members, waves, places, coefficients) {
    by_jackknife$given(y, jackknife_covariance(waves, places), waves, coefficients)
  },
  given = function(y, v, waves, coefficients) {
    total <- drop(coefficients %*% v %*% coefficients)
    if (is.finite(total) && is_rounding(total, waves)) total <- 0
    difference <- sum(coefficients * sapply(waves, function(wave) wave$estimate))
    change(difference, total, by_jackknife$df(coefficients^2 * diag(v), waves))
  },
  df = function(parts, waves) {
    min(
      psus_less_strata(unlist(lapply(waves, function(wave) wave$rows))),
      sum(parts)^2 / sum(parts^2 / (sapply(waves, pieces) - 1))
    )
  },
  covariance = function(y, members, waves, places) jackknife_covariance(waves, places)
)
