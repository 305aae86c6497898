import LacunaAlgebra
import MaskedRegression

/// The greatest eigenvalues of a fit's predictor, by their z = 1/(1 − μ), and their eigenvectors: of all of them, or with few samples of
/// many coordinates of those that are asked for.
final class PredictorEigenvalues<Device: Backend> {
  private let fit: DataFit<Device>
  private let ridge: Double
  /// Ascending; nil where `leading` is.
  let all: [Double]?
  private let leading: LeadingSpectrum<Device>?
  private var places: [Double] = []
  private var vectors: [[Double]] = []

  /// - Parameter stillCount: coordinates that never vary; their eigenvalues of 0 are left out.
  init(of fit: DataFit<Device>, ridge: Double, stillCount: Int) throws {
    self.fit = fit
    self.ridge = ridge
    leading = try fit.leadingSpectrum(ridge: ridge)
    guard leading == nil else {
      all = nil
      return
    }
    let found = try fit.device.eigenvalues(of: fit.symmetrizedPredictor(ridge: ridge).matrix)
    let still = Set(found.indices.sorted { abs(found[$0]) < abs(found[$1]) }.prefix(stillCount))
    all = found.indices.filter { !still.contains($0) }.map { found[$0] }
  }

  static func place(_ eigenvalue: Double) -> Double { eigenvalue < 1 ? 1 / (1 - eigenvalue) : .infinity }

  /// How many lie beyond z.
  func count(beyond z: Double) throws -> Int {
    if let all { return all.count { Self.place($0) > z } }
    guard let count = try leading?.count(beyond: z) else {
      throw NoSpectrum(
        description: "the edge of unrelated coordinates lies below what single ones have; compare with permuted copies")
    }
    return count
  }

  /// z of the eigenvalue of some rank, from the greatest.
  func place(rank: Int) throws -> Double {
    if let all { return Self.place(all[all.count - 1 - rank]) }
    while places.count <= rank { places.append(try leading?.place(rank: places.count) ?? 0) }
    return places[rank]
  }

  /// D^(−½)v of the eigenvectors of the greatest, over all coordinates.
  /// - Parameter count: how many.
  func directions(_ count: Int) throws -> [[Double]] {
    if let leading {
      while vectors.count < count {
        vectors.append(try leading.direction(rank: vectors.count, place: try place(rank: vectors.count)))
      }
    } else if vectors.count < count {
      let d = fit.coordinateCount
      let wanted = min(d, 2 * count + 2)
      let (matrix, diagonal) = try fit.symmetrizedPredictor(ridge: ridge)
      let target = try fit.device.makeMatrix(rows: wanted, columns: d)
      _ = try fit.device.leadingEigenpairs(of: matrix, into: target)
      let entries = try fit.device.doubles(target)
      vectors = (0..<wanted).map { row in (0..<d).map { entries[row * d + $0] / diagonal[$0].squareRoot() } }
    }
    return Array(vectors[..<count])
  }
}
