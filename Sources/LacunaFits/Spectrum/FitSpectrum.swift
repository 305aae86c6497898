import DeterministicEquivalents
import LacunaAlgebra
import MaskedRegression

/// What the eigenvalues of a fit's predictor say of directions in the data, against coordinates that have nothing to do with each
/// other.
///
/// The null is Σ₀ = diag(ψ), ψ the columns' mean squares at first. Eigenvalues beyond its edge by more than the Tracy–Widom law explains,
/// or beyond the greatest of copies whose columns are permuted, are outliers; each is taken for a spike θuuᵀ that is spread over the
/// coordinates, its part θu_k² is taken off ψ, and the null is solved again until the count stands.
public struct FitSpectrum: Sendable {
  /// An eigenvalue that unrelated coordinates do not have.
  public struct Outlier: Sendable, Equatable {
    /// μ, of the predictor.
    public var eigenvalue: Double
    /// θ, a variance of the columns over √w; nil where there is no low rank to speak of, within the edge, where chance puts it,
    /// and where the rounds do not settle.
    public var strength: Double?
    /// The squared cosine to expect between the direction found and the true one.
    public var overlap: Double?
  }

  /// What the count of directions is made against.
  public enum Level: Sendable, Equatable {
    /// The Tracy–Widom law, at 5 %.
    case tracyWidom
    /// The greatest of so many copies with permuted columns.
    case permutations(Int)

    /// How often data of nothing but noise have one outlier or more.
    public var value: Double {
      switch self {
      case .tracyWidom: 0.05
      case .permutations(let count): 1 / Double(count + 1)
      }
    }
  }

  /// Every eigenvalue of the predictor over the coordinates that vary, ascending; nil with few rows of many coordinates, where those
  /// beyond the edge alone are sought.
  public let eigenvalues: [Double]?
  /// The null, its spikes taken off.
  public let null: SpectrumEdges
  /// The ends of its spectrum, of the predictor's eigenvalues; nil where the lower one was not found.
  public let edges: (lower: Double, upper: Double)?
  /// The eigenvalue beyond which an outlier is.
  public let threshold: Double
  /// Descending; where `isCorrelated` and `eigenvalues` is nil the greatest of them.
  public let outliers: [Outlier]
  /// How many there are.
  public let outlierCount: Int
  public let level: Level
  /// Whether more than a tenth of the eigenvalues are outliers, and more than three: the coordinates are correlated, and not by a few
  /// directions.
  public let isCorrelated: Bool
  /// Eigenvalues of the Gram beyond its own edge under the same ψ, at the same level; nil where the law there is not known.
  public let principalDirections: Int?
  /// Unit directions u of the outliers in the units of the data, the strongest first; none where `isCorrelated`.
  public let directions: [[Double]]
}

/// Why a fit has no such spectrum.
public struct NoSpectrum: Error, Sendable, CustomStringConvertible {
  public var description: String
  /// Whether permuted copies have one.
  var isOfLaw = false

  init(description: String, isOfLaw: Bool = false) {
    self.description = description
    self.isOfLaw = isOfLaw
  }
}

extension FitResult {
  /// The least number of permuted copies: fewer say nothing at 5 %.
  public static var leastPermutations: Int { 19 }

  /// Whether permuted copies are had in an instant.
  private var isSmall: Bool { sampleCount * coordinateCount <= 1 << 17 }

  /// The spectrum of the predictor at the best ridge: an eigensolve of order d, and one more with its leading vectors where there are
  /// outliers. With more than twice as many coordinates as rows, and more than 500, eigensolves of order n: one, and a few for each outlier.
  /// - Parameter permutations: 0 for the Tracy–Widom law at 5 % (of few coordinates it is not always known: 19 copies take its place where
  ///   the data are at most 2¹⁷ numbers), else at least 19 copies, for entries of any law: a Gram, its inverse
  ///   and two Cholesky factorisations each, and eigenvalues of a few.
  /// - Returns: a reason where there is no spectrum to speak of.
  /// - Throws: `FitError.request` for fewer copies than 19; what the device throws.
  public func spectrum(permutations: Int = 0) throws(FitError) -> Result<FitSpectrum, NoSpectrum> {
    guard permutations == 0 || permutations >= Self.leastPermutations else {
      throw .request("\(permutations) permutations say nothing at 5 %; \(Self.leastPermutations) are the least")
    }
    guard let fit = fit as? DataFit<Device> else { return .failure(NoSpectrum(description: absence)) }
    return try FitError.wrapping {
      do {
        var search = try OutlierSearch(fit, ridge: best.ridge)
        if permutations > 0 { try search.permute(count: permutations, seed: request.seed) }
        do {
          return .success(try search.spectrum())
        } catch let error as NoSpectrum where error.isOfLaw && permutations == 0 && isSmall {
          try search.permute(count: Self.leastPermutations, seed: request.seed)
          return .success(try search.spectrum())
        }
      } catch let error as NoSpectrum {
        return .failure(error)
      } catch let error as PopulationError {
        return .failure(NoSpectrum(description: "the spectrum of unrelated coordinates: \(error)"))
      } catch let error as RegressionError {
        return .failure(NoSpectrum(description: "\(error)"))
      } catch let error as BackendError where !error.isDeviceFault {
        return .failure(NoSpectrum(description: "\(error)"))
      }
    }
  }
}
