import ArgumentParser
import LacunaFits

/// What `lacuna fit` is asked of directions in the data.
struct SpectrumOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Count directions against so many copies of the data with columns permuted, 19 or more, for entries of any law. (default: "
        + "against the Tracy–Widom law at 5 %; 19 where it is not known of few coordinates)", valueName: "copies"))
  var permutations: Int?

  func validate() throws {
    if let permutations, permutations < 19 {
      throw ValidationError("--permutations \(permutations): fewer than 19 copies say nothing at 5 %")
    }
  }
}

extension FitSummary.Spectrum {
  /// For the terminal.
  var text: String {
    let level =
      "at level \(format(level, digits: 2)), \(permutations.map { "\($0) permuted copies" } ?? "Tracy–Widom")"
    let principal = principalDirections.map { "; principal components beyond their own edge: \($0)" } ?? ""
    if let remark {
      return "spectrum: \(outlierCount) eigenvalues beyond unrelated coordinates (\(level)): \(remark)\(principal)"
    }
    let count = "\(outlierCount) direction\(outlierCount == 1 ? "" : "s")"
    var text = "spectrum: \(count) beyond unrelated coordinates (\(level))\(principal)"
    func list(_ values: [Double?], digits: Int) -> String {
      values.prefix(6).map { $0.map { format($0, digits: digits) } ?? "–" }.joined(separator: ", ")
        + (values.count > 6 ? ", …" : "")
    }
    if !outliers.isEmpty {
      text +=
        "\ntheir strengths: \(list(outliers.map(\.strength), digits: 4)); overlaps: \(list(outliers.map(\.overlap), digits: 2))"
    }
    return text
  }
}
