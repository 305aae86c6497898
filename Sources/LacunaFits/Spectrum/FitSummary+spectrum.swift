import DeterministicEquivalents
import LacunaFigures
import LacunaFiles
import MaskedRegression

extension FitSummary {
  /// `spectrum`: directions that the predictor's eigenvalues tell of.
  public struct Spectrum: Encodable, Sendable {
    public struct Outlier: Encodable, Sendable {
      public var eigenvalue: Double
      @OrNull public var strength: Double?
      @OrNull public var overlap: Double?
    }

    /// The ends of the null's spectrum.
    public var edges: [Double]
    /// Beyond which an eigenvalue is an outlier.
    public var threshold: Double
    public var outliers: [Outlier]
    /// How many there are: with few rows of many correlated coordinates more than are listed.
    public var outlierCount: Int
    /// How many; nil where coordinates are correlated by no few of them.
    @OrNull public var directions: Int?
    public var level: Double
    /// Copies that the level is of; nil for the Tracy–Widom law.
    @OrNull public var permutations: Int? = nil
    @OrNull public var principalDirections: Int?
    /// "correlated, not low rank" where more than a tenth of the eigenvalues, and more than three, are beyond the edge.
    @OrNull public var remark: String?

    /// - Parameter spectrum: of the fit.
    public init(_ spectrum: FitSpectrum) {
      edges = spectrum.edges.map { [$0.lower, $0.upper] } ?? []
      threshold = spectrum.threshold
      outliers = spectrum.outliers.map {
        Outlier(eigenvalue: $0.eigenvalue, strength: $0.strength, overlap: $0.overlap)
      }
      outlierCount = spectrum.outlierCount
      directions = spectrum.isCorrelated ? nil : spectrum.outlierCount
      level = spectrum.level.value
      if case .permutations(let count) = spectrum.level { permutations = count }
      principalDirections = spectrum.principalDirections
      remark = spectrum.isCorrelated ? "correlated, not low rank" : nil
    }

    enum CodingKeys: String, CodingKey {
      case edges, threshold, outliers, directions, level, permutations, remark
      case outlierCount = "outlier_count"
      case principalDirections = "pca_directions"
    }
  }

  /// Takes in the spectrum of a fit, or why it has none.
  /// - Parameter found: of the fit.
  public mutating func take(_ found: Result<FitSpectrum, NoSpectrum>) {
    switch found {
    case .success(let spectrum): self.spectrum = Spectrum(spectrum)
    case .failure(let reason): spectrumReason = reason.description
    }
  }
}

extension FitSpectrum {
  /// Writes the directions as rows of a `.npy`, in the order of the outliers; none where there are none.
  /// - Parameter path: of the file.
  /// - Throws: `DataFileError`.
  public func writeDirections(to path: String) throws(DataFileError) {
    guard let d = directions.first?.count else { return }
    try writeNPY(directions.flatMap { $0 }, shape: [directions.count, d], to: path)
  }

  /// The eigenvalues, where all are known, as a histogram under the density of the null, outliers and the threshold marked.
  public var figure: Figure? {
    guard let edges else { return nil }
    let steps = 400
    let places = (0...steps).map { edges.lower + (edges.upper - edges.lower) * Double($0) / Double(steps) }
    let line = zip(places, null.predictorDensities(at: places)).map { Figure.Point($0, $1) }
    var series = [Figure.Series(.line, name: "unrelated coordinates", group: 1, points: line)]
    if let eigenvalues {
      series.insert(
        .histogram(of: eigenvalues, bins: min(100, max(10, eigenvalues.count / 8)), name: "this fit", group: 0), at: 0)
    }
    if !outliers.isEmpty {
      series.append(
        Figure.Series(.openMarkers, name: "outliers", group: 2, points: outliers.map { Figure.Point($0.eigenvalue, 0) })
      )
    }
    return Figure(panels: [
      Figure.Panel(
        xLabel: "eigenvalue of the predictor", yLabel: "density", xLogarithmic: false, yLogarithmic: false,
        series: series, verticalMarks: [Figure.Mark(threshold, "threshold")])
    ])
  }
}
