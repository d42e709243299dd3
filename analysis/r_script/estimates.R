# ---- One wave's estimate, and the change, given variance and degrees of freedom ------------------
#  A variance that is nothing but rounding is none: no spread was seen.
is_rounding <- function(v, waves) {
  size <- sum(sapply(waves, function(wave) abs(wave$estimate) + wave$sd))
  v <= (1e-13 * size)^2
}
wave_estimate <- function(y, rows) {
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
estimate <- function(wave, v, df, measure, counts = 0) {
  if (is.null(wave)) return(c(n = counts, n_eff = NA, estimate = NA, se = NA, low = NA, high = NA))
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
figures_of_change <- c("change", "se", "df", "t", "p", "low", "high", "low90", "high90")
no_change <- setNames(rep(NA_real_, 9), figures_of_change)
change <- function(difference, v, df) {
  if (!is.finite(v) || v <= 0 || df < 1) return(no_change)
  se <- sqrt(v)
  t <- difference / se
  setNames(c(
    difference, se, df, t, 2 * pt(-abs(t), df), difference + c(-1, 1) * qt(0.975, df) * se,
    difference + c(-1, 1) * qt(0.95, df) * se
  ), figures_of_change)
}
#  One F test of several contrasts of estimates at once, a row of coefficients each: t is F.
omnibus <- function(waves, v, contrasts, df) {
  k <- nrow(contrasts)
  moved <- contrasts %*% sapply(waves, function(wave) wave$estimate)
  spread <- contrasts %*% v %*% t(contrasts)
  told <- no_change
  if (df >= 1 && qr(spread)$rank == k && !is_rounding(min(diag(spread)), waves)) {
    statistic <- drop(crossprod(moved, solve(spread, moved))) / k
    told[c("df", "t", "p")] <- c(df, statistic, pf(statistic, k, df, lower.tail = FALSE))
  }
  told
}
