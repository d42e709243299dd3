# ---- All comparisons ------------------------------------------------------------------------------
here <- lapply(list(before = "before", after = "after"), function(name) {
  lives(read_wave(name), there = FALSE)
})
use(here)
methods <- list()
if (has_survey) methods$taylor <- by_taylor
is_lonely <- any(psus_in_stratum == 1)
if (is.null(design$fpc) && (!is_lonely || lonely_psu == "certainty")) methods$jackknife <- by_jackknife

estimates <- function(y, members, places) {
  lapply(places, function(place) wave_of_rows(y, members, place))
}
wave_of_rows <- function(y, members, place) wave_estimate(y, which(members & wave_of == place))
alone <- function(method, y, members, wave, place, measure) {
  if (is.null(wave)) estimate(NULL) else method$alone(y, members, wave, place, measure)
}
#  Of a comparison, as one row; what is not told of it stays empty.
row_of <- function(variance, what, comparison, before = estimate(NULL, counts = NA),
                   after = estimate(NULL, counts = NA), change = no_change) {
  names(before) <- paste0("before_", names(before))
  names(after) <- paste0("after_", names(after))
  group <- comparison$group
  data.frame(
    variance = variance, what = what, outcome = comparison$outcome, measure = comparison$measure,
    codes = paste(comparison$codes, collapse = " "),
    group = if (is.null(group)) "" else group$variable,
    code = if (is.null(group)) "" else as.character(group$code),
    family = comparison$family, t(c(before, after, change)), p_adjusted = NA_real_,
    check.names = FALSE
  )
}
#  The waves of two numbers, each by itself and one against the other.
compare <- function(variance, what, comparison, places) {
  method <- methods[[variance]]
  y <- values_of(comparison)
  members <- members_of(comparison$group)
  waves <- estimates(y, members, places)
  found <- Map(function(wave, place) alone(method, y, members, wave, place, comparison$measure),
    waves, places)
  told <- if (any(sapply(waves, is.null))) no_change
  else method$contrast(y, members, waves, places, c(-1, 1))
  row_of(variance, what, comparison, found[[1]], found[[2]], told)
}
adjusted <- function(rows, method) {
  rows$p_adjusted <- p.adjust(rows$p, method)
  rows
}
for_each <- function(variances, comparisons, told) {
  do.call(rbind, lapply(variances, function(variance) {
    do.call(rbind, lapply(comparisons, function(comparison) told(variance, comparison)))
  }))
}
figures <- for_each(names(methods), comparisons, function(variance, comparison) {
  compare(variance, "comparison", comparison, 1:2)
})
for (part in split(seq_len(nrow(figures)), list(figures$variance, figures$family), drop = TRUE)) {
  method <- if (figures$family[part[1]] == "primary") "holm" else "BH"
  figures[part, ] <- adjusted(figures[part, ], method)
}
main <- Filter(function(one) one$family == "primary" && is.null(one$group), comparisons)
