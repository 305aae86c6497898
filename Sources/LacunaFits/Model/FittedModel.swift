import LacunaFiles
import MaskedRegression

/// A fit that is used again: what `model.npz` holds, in the units of the data.
///
/// A row x is predicted by x̂ = m + Â(x − m), m the means. See the README of this folder for every array of the file.
public struct FittedModel: Sendable {
  /// What is no array of numbers: the JSON in `header`.
  public struct Header: Codable, Sendable, Equatable {
    /// `lacuna-model`, and the version of the file's contents.
    public var format: String
    public var version: Int
    public var sampleCount, coordinateCount: Int
    /// The mask as it was written, and what the errors held out are.
    public var mask: String
    public var validation: String
    public var ridge: Double
    /// The kind of weights.
    public var weights: String
    public var centered: Bool
    public var precision: String
    /// Of the coordinates; nil where the data had none.
    public var names: [String]?
    /// Coordinates, from 0, that never predict, and those that are never predicted.
    public var targets, covariates: [Int]
    /// The mean error held out, and its standard error; nil where they are not known.
    public var error, standardError: Double?
    /// The version of the program.
    public var program: String

    enum CodingKeys: String, CodingKey {
      case format, version, mask, validation, ridge, weights, centered, precision, names, targets, covariates, error
      case program
      case sampleCount = "n"
      case coordinateCount = "d"
      case standardError = "standard_error"
    }
  }

  /// Â in one of its forms.
  public enum Coefficients: Sendable, Equatable {
    /// d × d, row-major: row k predicts coordinate k.
    case dense([Double])
    /// g, d × n, and s: Â_kj = s_k g_k·g_j for j ≠ k.
    case factors([Double], scales: [Double])
  }

  public static let format = "lacuna-model"
  public static let version = 1

  public var header: Header
  public var coefficients: Coefficients
  /// m, and the mean squares after it was taken off.
  public var means, meanSquares: [Double]
  /// w of the penalty λ Σ_j w_j a_j².
  public var weights: [Double]
  /// The mean squared error held out of each coordinate; NaN where it has none.
  public var heldOutErrors: [Double]
  /// σ_k: the standard deviation of x_k − x̂_k where every other coordinate is seen; NaN where it is not known.
  public var residualDeviations: [Double]
  /// Σ_k r_ik²/σ_k² of each sample, by the fit without it (or its group); nil where there are none.
  public var scores: [Double]?

  public var coordinateCount: Int { header.coordinateCount }

  /// Whether the coordinate is predicted.
  public func isPredicted(_ k: Int) -> Bool { !header.covariates.contains(k) }

  /// The name of coordinate k, counted from 0: its own, or its number from 1.
  public func name(of k: Int) -> String { header.names?[k] ?? "\(k + 1)" }

  /// Whether Â is I − diag(Q)⁻¹Q of one symmetric matrix Q, so that conditional means of several cells follow from it.
  public var isJoint: Bool {
    header.validation != Validation.folds.rawValue && header.targets.isEmpty && header.covariates.isEmpty
  }
}

extension FittedModel {
  /// Reads `model.npz`.
  /// - Parameter path: of the file, or of the folder of a fit.
  /// - Throws: `DataFileError`: `noInput` where there is none; `malformed` for what is no model, or one of a later version.
  public init(_ path: String) throws(DataFileError) {
    let inside = path + (path.hasSuffix("/") ? "" : "/") + "model.npz"
    let isFolder = fileExists(inside)
    if !isFolder, fileExists(path + (path.hasSuffix("/") ? "" : "/") + "fit.json") {
      throw .noInput(
        path: inside, reason: "this fit has no model; write it again with lacuna fit --output of this version")
    }
    let isNamed = path.lowercased().hasSuffix(".npz")
    guard isFolder || isNamed else {
      throw .noInput(
        path: path,
        reason: fileExists(path)
          ? "it holds no model.npz; name the folder of lacuna fit --output" : "no such file or folder")
    }
    let arrays = try NPZArrays(isFolder ? inside : path)
    func malformed(_ reason: String, _ remedy: String = "fit again") -> DataFileError {
      .malformed(path: arrays.path, position: .file, reason: reason, remedy: remedy)
    }
    guard arrays.names.contains("header") else {
      throw malformed("the archive is no model of a fit", "name the folder of lacuna fit --output")
    }
    let bytes = try arrays.numbers("header").map { UInt8(exactly: $0) ?? 0 }
    /// What every version has.
    struct Stamp: Decodable {
      var format: String
      var version: Int
    }
    guard let stamp = try? decodeJSON(Stamp.self, from: bytes), stamp.format == Self.format else {
      throw malformed("the archive is no model of a fit", "name the folder of lacuna fit --output")
    }
    guard stamp.version == Self.version else {
      throw malformed("the model is of version \(stamp.version), and this program reads version \(Self.version)")
    }
    guard let header = try? decodeJSON(Header.self, from: bytes) else { throw malformed("its header is damaged") }
    let (n, d) = (header.sampleCount, header.coordinateCount)
    guard d >= 2, n >= 1, header.names.map({ $0.count == d }) ?? true,
      (header.targets + header.covariates).allSatisfy({ (0..<d).contains($0) })
    else { throw malformed("its header contradicts itself") }
    self.header = header
    if arrays.names.contains("factors") {
      coefficients = .factors(
        try arrays.numbers("factors", shape: [d, n]), scales: try arrays.numbers("factor_scales", shape: [d]))
    } else {
      coefficients = .dense(try arrays.numbers("coefficients", shape: [d, d]))
    }
    func finite(_ name: String) throws(DataFileError) -> [Double] {
      let values = try arrays.numbers(name, shape: [d])
      guard values.allSatisfy(\.isFinite) else {
        throw malformed("the array '\(name)' has a number that is not finite")
      }
      return values
    }
    means = try finite("means")
    meanSquares = try finite("mean_squares")
    weights = try finite("weights")
    heldOutErrors = try arrays.numbers("held_out_errors", shape: [d])
    residualDeviations = try arrays.numbers("residual_deviations", shape: [d])
    scores = arrays.names.contains("scores") ? try arrays.numbers("scores", shape: [n]) : nil
    switch coefficients {
    case .dense(let a):
      guard a.allSatisfy(\.isFinite), (0..<d).allSatisfy({ a[$0 * (d + 1)] == 0 }) else {
        throw malformed("the coefficients are no hollow matrix of finite numbers")
      }
    case .factors(let g, let s):
      guard g.allSatisfy(\.isFinite), s.allSatisfy(\.isFinite) else { throw malformed("a factor is not finite") }
    }
  }
}

extension FittedModel {
  /// Some entries of row k of Â.
  func entries(_ k: Int, _ columns: [Int]) -> [Double] {
    switch coefficients {
    case .dense(let a): return columns.map { a[k * coordinateCount + $0] }
    case .factors(let g, let scales):
      let n = header.sampleCount
      return columns.map { j in
        guard j != k else { return 0 }
        var dot = 0.0
        for m in 0..<n { dot += g[k * n + m] * g[j * n + m] }
        return scales[k] * dot
      }
    }
  }
}
