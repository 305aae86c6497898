/// Weights of the coordinates in sums over the residuals of each sample, all of length d.
public struct ResidualRowTerms: Sendable {
  /// a and b of Σ_k a_k e_ik² and Σ_k b_k e_ik².
  public var squares, shares: [Double]
  /// u: residuals are compared with each other as u_k e_ik.
  public var units: [Double]

  public init(squares: [Double], shares: [Double], units: [Double]) {
    self.squares = squares
    self.shares = shares
    self.units = units
  }

  /// The same of some coordinates.
  public subscript(coordinates: Range<Int>) -> ResidualRowTerms {
    ResidualRowTerms(
      squares: Array(squares[coordinates]), shares: Array(shares[coordinates]), units: Array(units[coordinates]))
  }

  /// The sums of one row e of residuals, and u_k e_k added to each coordinate's sum; eight partial sums each, in a fixed order.
  /// - Parameter row: d residuals.
  /// - Parameter before: those of the sample before, where there are any.
  /// - Parameter sums: d numbers.
  @_specialize(where Element == Float)
  @_specialize(where Element == Double)
  public func sums<Element: Scalar>(
    of row: UnsafePointer<Element>, after before: UnsafePointer<Element>?, to sums: UnsafeMutablePointer<Double>
  ) -> ResidualRow {
    var (square, share, own, product) = (SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero)
    return squares.withUnsafeBufferPointer { squares in
      shares.withUnsafeBufferPointer { shares in
        units.withUnsafeBufferPointer { units in
          var k = 0
          while k + 8 <= units.count {
            let (value, unit) = (doubles(row + k), lanes(units.baseAddress! + k))
            let scaled = value * unit
            square += value * (value * lanes(squares.baseAddress! + k))
            share += value * (value * lanes(shares.baseAddress! + k))
            own += scaled * scaled
            if let before { product += doubles(before + k) * unit * scaled }
            UnsafeMutableRawPointer(sums + k).storeBytes(of: lanes(sums + k) + scaled, as: SIMD8<Double>.self)
            k += 8
          }
          var found = ResidualRow(square: square.sum(), share: share.sum(), own: own.sum(), product: product.sum())
          while k < units.count {
            let value = Double(row[k])
            let scaled = value * units[k]
            found.square += value * (value * squares[k])
            found.share += value * (value * shares[k])
            found.own += scaled * scaled
            if let before { found.product += Double(before[k]) * units[k] * scaled }
            sums[k] += scaled
            k += 1
          }
          return found
        }
      }
    }
  }
}

/// The sums of one row of residuals: Σ_k a_k e_k², Σ_k b_k e_k², Σ_k u_k² e_k², and Σ_k u_k² e_k f_k, f the row before.
public struct ResidualRow: Sendable, Equatable {
  public var square, share, own, product: Double

  public init(square: Double = 0, share: Double = 0, own: Double = 0, product: Double = 0) {
    (self.square, self.share, self.own, self.product) = (square, share, own, product)
  }

  /// The same row over more coordinates.
  public static func += (row: inout ResidualRow, other: ResidualRow) {
    row.square += other.square
    row.share += other.share
    row.own += other.own
    row.product += other.product
  }
}

/// Sums over the residuals of samples left out, e_ik = R_ik/(c_i q_k + R_ik²/n), sample by sample: see `ResidualRowTerms`.
public struct ResidualRowSums: Sendable, Equatable {
  /// One a sample; the product is with the sample before, 0 for the first.
  public private(set) var rows: [ResidualRow] = []
  /// Σ_i u_k e_ik.
  public private(set) var sums: [Double]
  /// u_k e_ik of the first and the last sample.
  private var first, last: [Double]

  /// - Parameter d: coordinates.
  /// - Parameter n: samples that are to come.
  public init(coordinateCount d: Int, sampleCount n: Int = 0) {
    rows.reserveCapacity(n)
    sums = [Double](repeating: 0, count: d)
    (first, last) = ([], [])
  }

  /// Takes in the samples that come next.
  /// - Parameter e: residuals, `stride` apart.
  /// - Parameter count: of the samples.
  @_specialize(where Element == Float)
  @_specialize(where Element == Double)
  public mutating func add<Element: Scalar>(
    _ e: UnsafePointer<Element>, count: Int, stride: Int, terms: ResidualRowTerms
  ) {
    guard count > 0 else { return }
    var found = ResidualRowSums(coordinateCount: sums.count, sampleCount: count)
    func scaled(_ row: Int) -> [Double] { terms.units.indices.map { terms.units[$0] * Double(e[row * stride + $0]) } }
    (found.first, found.last) = (scaled(0), scaled(count - 1))
    found.sums.withUnsafeMutableBufferPointer { sums in
      guard let sums = sums.baseAddress else { return }
      for i in 0..<count {
        found.rows.append(terms.sums(of: e + i * stride, after: i > 0 ? e + (i - 1) * stride : nil, to: sums))
      }
    }
    append(found)
  }

  /// Adds the samples that come after.
  public mutating func append(_ other: ResidualRowSums) {
    guard !other.rows.isEmpty else { return }
    let start = rows.count
    rows += other.rows
    for k in sums.indices { sums[k] += other.sums[k] }
    if start > 0 {
      rows[start].product = zip(last, other.first).reduce(0) { $0 + $1.0 * $1.1 }
    } else {
      first = other.first
    }
    last = other.last
  }
}

@inline(__always) private func lanes(_ x: UnsafePointer<Double>) -> SIMD8<Double> {
  UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Double>.self)
}

@inline(__always) private func doubles<Element: Scalar>(_ x: UnsafePointer<Element>) -> SIMD8<Double> {
  SIMD8<Double>(UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Element>.self))
}
