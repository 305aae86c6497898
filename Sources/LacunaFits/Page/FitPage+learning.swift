/// What the page says of other numbers of rows, and of masked regression and PCA.
extension FitPage {
  /// The learning curve in numbers; nil where nothing is known of it.
  var learning: String? {
    guard let learning = summary.learning else { return nil }
    guard let points = learning.points else {
      return learning.reason.map { "<p class=\"faint\">There is no learning curve: \(text($0)).</p>" }
    }
    let rows = points.map { point in
      let error = (point.isUpperBound ? "≤ " : "") + number(point.error, of: point.standardError ?? 0)
      return "<tr><th scope=\"row\">\(point.sampleCount.map { "\($0)" } ?? "∞")</th><td>\(error)</td>"
        + "<td>\(point.standardError.map { number($0, of: $0) } ?? "–")</td><td>\(number(point.ridge))</td></tr>"
    }
    let measured = (learning.selfCheck.map { [$0] } ?? []) + learning.subsamples
    let checks = measured.map { found in
      "<li>\(found.sampleCount) rows (\(text(found.rows))) have \(number(found.measured, of: found.standardError)) on the "
        + "others; expected was \(number(found.predicted, of: found.standardError)), and "
        + "\(number(found.standardError, of: found.standardError)) is the standard error of the difference.</li>"
    }
    let wanted = learning.wantedError.map { error in
      let answer =
        learning.rowsNeeded.map { "needs about \($0) rows" }
        ?? "is not reached by any number of rows that the fit tells of"
      return "<p>An error of \(number(error)) \(answer).</p>"
    }
    return """
      <div class="table"><table>
      <thead><tr><th scope="col">rows</th><th scope="col">error to expect</th><th scope="col">standard error</th>\
      <th scope="col">ridge</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(checks.isEmpty ? "" : "<ul>" + checks.joined() + "</ul>")\(wanted ?? "")
      """
  }

  /// The verdict in words and numbers; empty where it was not asked for.
  var verdict: String {
    guard let verdict = summary.verdict else { return "" }
    var lines = ["<h2>Masked regression or PCA?</h2>", "<p>\(text(Self.sentence(verdict.sentence)))</p>"]
    if let found = verdict.comparison {
      let rows = [
        ("masked regression", found.maskedError), ("PCA, rank \(found.pcaRank)", found.pcaError),
        (summary.centered ? "the means" : "nothing", found.emptyError),
      ]
      lines.append(
        "<div class=\"table\"><table><thead><tr><th scope=\"col\">predicted by</th><th scope=\"col\">error / mean square"
          + "</th></tr></thead><tbody>"
          + rows.map { "<tr><th scope=\"row\">\(text($0.0))</th><td>\(number($0.1))</td></tr>" }.joined(separator: "\n")
          + "</tbody></table></div>")
      lines.append(
        "<p class=\"faint\">Hidden cells of the same rows, which neither saw: five folds, ridge and rank chosen within the other "
          + "four, \(found.coordinateCount) columns, each divided by its root mean square there.</p>")
    }
    return lines.joined(separator: "\n")
  }

  /// With a capital and a full stop.
  private static func sentence(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() + "." }
}
