# ---- Comparison areas -----------------------------------------------------------------------------
#  Four samples, place by wave. With fewer than four clusters in a place and wave the clusters say
#  nothing of the difference, and respondents are the PSUs.
use_places <- function() {
  there <- lapply(c("before", "after"), function(name) lives(read_wave(name), there = TRUE))
  use(c(unname(here), there), c("here", "here", "there", "there"))
}
difference <- function(variance, comparison) {
  y <- values_of(comparison)
  everyone <- rep(TRUE, n)
  waves <- estimates(y, everyone, 1:4)
  told <- no_change
  if (!any(sapply(waves, is.null))) {
    clusters <- sapply(waves, function(wave) length(unique(psu[wave$rows])))
    if (!person_is_psu && min(clusters) < 4) {
      use_respondents()
      on.exit(use_places())
    }
    told <- methods[[variance]]$contrast(y, everyone, waves, 1:4, c(-1, 1, 1, -1))
  }
  row_of(variance, "difference of changes", comparison, change = told)
}
if (beside_areas) {
  use_places()
  figures <- rbind(figures, for_each(names(methods), main, function(variance, comparison) {
    compare(variance, "comparison areas", comparison, 3:4)
  }))
  for (variance in names(methods)) {
    figures <- rbind(figures, adjusted(for_each(variance, main, difference), "holm"))
  }
}
