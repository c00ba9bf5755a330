# Mean stance of actors by role, of articles and of pairs, in base R: Rscript means.R SCORES > means.csv
read <- function(name) read.csv(file.path(commandArgs(TRUE)[1], name), fileEncoding = "UTF-8-BOM",
                                na.strings = "", colClasses = c(article_id = "character"))
sentences <- read("sentences.csv")
mentions <- read("mentions.csv")
at <- c("article_id", "sentence_id")
agent <- do.call(paste, mentions[at]) %in% do.call(paste, mentions[mentions$role == "agent", at])
doer <- mentions$role == ifelse(agent, "agent", "source")
known <- mentions$actor_id != "ambiguous"
units <- function(rows, id, other) data.frame(mentions[rows, at], id = mentions[rows, id], other = other)
named <- known & mentions$role != "mention"
actors <- rbind(units(known, "actor_id", rep("any", sum(known))), units(named, "actor_id", mentions$role[named]))
doers <- units(known & doer, "actor_id", rep("", sum(known & doer)))[c(at, "id")]
target <- known & mentions$role == "target"
pairs <- merge(doers, setNames(mentions[target, c(at, "actor_id")], c(at, "other")))
articles <- data.frame(sentences[at], id = sentences$article_id, other = rep("", nrow(sentences)))
means <- function(table, units) {
  units <- merge(unique(units), sentences[sentences$status == "ok", c(at, "stance_score")])
  do.call(rbind, lapply(split(units, units[c("id", "other")], drop = TRUE, sep = "\t"), function(part) {
    x <- part$stance_score
    # Articles are the clusters; where there is one, its sentences
    off <- tapply(x - mean(x), if (length(unique(part$article_id)) > 1) part$article_id else part$sentence_id, sum)
    g <- length(off)
    half <- if (g > 1) qt(0.975, g - 1) * sqrt(g / (g - 1) * sum(off^2)) / length(x) else NA
    data.frame(table, part[1, c("id", "other")], n = length(x), stance_mean = mean(x), stance_low = mean(x) - half, stance_high = mean(x) + half)
  }))
}
rows <- rbind(means("actors", actors), means("articles", articles), means("dyads", pairs[pairs$id != pairs$other, ]))
write.csv(rows, na = "", row.names = FALSE)
