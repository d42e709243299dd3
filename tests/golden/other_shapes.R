# The figures of tests/golden/test_other_shapes.py, from base R and the package survey.
# Rscript other_shapes.R DATA DESIGN
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "fail", digits = 16)
arguments <- commandArgs(TRUE)
d <- read.csv(arguments[1], na.strings = "")
designs <- list(
  alone = function() svydesign(ids = ~1, strata = ~interaction(wave, s), weights = ~w, data = d),
  blocks = function() svydesign(ids = ~b, strata = ~interaction(wave, s), weights = ~w, data = d, nest = TRUE),
  shared = function() svydesign(ids = ~b, strata = ~s, weights = ~w, data = d, nest = TRUE),
  two_stages = function() svydesign(ids = ~b + h, strata = ~interaction(wave, s), fpc = ~blocks + homes, weights = ~w, data = d, nest = TRUE)
)
des <- designs[[arguments[2]]]()
tell <- function(name, ...) cat(name, format(unlist(list(...)), digits = 16), sep = " ", fill = 10000)

t <- svyttest(y ~ wave, des)
tell("mean", t$estimate, t$statistic, t$parameter, t$p.value)
answered <- subset(des, !is.na(k))
f <- svychisq(~k + wave, answered, statistic = "F"); x <- svychisq(~k + wave, answered, statistic = "Chisq")
tell("rao_scott", f$statistic, f$parameter, f$p.value, x$p.value)
g <- svyglm(top ~ wave, des, family = quasibinomial(), control = list(epsilon = 1e-14, maxit = 100))
tell("odds_ratio", summary(g)$coefficients["wave", ], g$df.residual)
a <- svyglm(y ~ wave + factor(g), des)
tell("adjusted", summary(a)$coefficients["wave", ], a$df.residual)
z <- des[!is.na(des$variables$y), ]; w <- weights(z, "sampling"); y <- z$variables$y; v <- sort(unique(y))
held <- sapply(v, function(one) sum(w[y == one]))
z$variables$r <- ((cumsum(held) - held / 2) / sum(w))[match(y, v)]
r <- svyttest(r ~ wave, z)
tell("midrank_test", r$estimate, r$statistic, r$parameter, r$p.value)
