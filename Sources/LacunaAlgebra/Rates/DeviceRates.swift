import RealModule

/// How fast a device does what trials are made of: operations a second, by the order of the matrix.
public struct DeviceRates: Sendable {
  /// What is timed. Multiplications and additions count one each.
  public enum Work: String, Sendable, CaseIterable {
    /// A product: 2d³. Grams, half of it, run at its rate.
    case multiply
    /// A positive definite inverse: d³.
    case invert
    /// A reduction to tridiagonal form with its orthogonal factor: 8/3 d³.
    case tridiagonalize
    /// A reduction to a band with its orthogonal factor: 8/3 d³.
    case reduceToBand
    /// Eigenvalues and eigenvectors: 9 d³.
    case eigendecompose
    /// Forms of tridiagonal resolvents in d columns at one shift: 9 d².
    case forms
    /// Forms of resolvents of a band in d columns at one shift: 8b d², b counted as `SymmetricBand.usualWidth`.
    case bandForms
    /// Normal numbers: one "operation" each, d² of them.
    case fill

    /// Operations for a matrix of order d.
    public func operations(order d: Double) -> Double {
      switch self {
      case .multiply: 2 * d * d * d
      case .invert: d * d * d
      case .tridiagonalize, .reduceToBand: 8 / 3 * d * d * d
      case .eigendecompose: 9 * d * d * d
      case .forms: 9 * d * d
      case .bandForms: 8 * Double(SymmetricBand.usualWidth) * d * d
      case .fill: d * d
      }
    }
  }

  /// The orders that rates are measured at: up to where most have levelled off, and it takes no more than a second or two.
  public static let orders = [128, 512, 1024]

  /// Further orders for devices that are slow to start and fast then, for whom 1024 is small.
  public static let largeOrders = [2048, 4096, 8192]

  /// Further orders for processors, of work that is slower where a matrix no longer lies in their caches.
  public static let uncachedOrders = [2048, 4096]

  /// The orders of these rates, ascending.
  public let orders: [Int]

  /// Operations a second at one of `orders`.
  public let rate: @Sendable (Work, Int) -> Double

  /// - Parameter orders: at which there are rates, ascending, one at least.
  /// - Parameter rate: operations a second at one of `orders`, above 0; asked for only what a choice depends on.
  public init(orders: [Int] = DeviceRates.orders, _ rate: @escaping @Sendable (Work, Int) -> Double) {
    self.orders = orders
    self.rate = rate
  }

  /// Two cores of a processor with 256-bit vectors: for small problems, and where nothing was measured.
  public static let nominal = DeviceRates { work, order in
    let large = order >= 512
    return switch work {
    case .multiply: large ? 6e10 : 3e10
    case .invert: large ? 3e10 : 1e10
    case .tridiagonalize, .reduceToBand: large ? 1.5e10 : 6e9
    case .eigendecompose: large ? 1.5e10 : 5e9
    case .forms: 8e9
    case .bandForms: 4e10
    case .fill: 1e8
    }
  }

  /// The nominal rates, all faster or slower by what one measured multiply is, in operations a second at order 1024.
  public static func nominal(multiply rate: Double) -> DeviceRates {
    let scale = rate / nominal.rate(.multiply, 512)
    return DeviceRates { nominal.rate($0, $1) * scale }
  }

  /// Seconds for a number of operations on matrices of an order: the rate between measured orders on a straight line in
  /// their logarithms.
  public func seconds(_ work: Work, order: Int, operations: Double) -> Double {
    guard let upper = orders.firstIndex(where: { $0 >= order }) else {
      return operations / rate(work, orders[orders.count - 1])
    }
    if upper == 0 || orders[upper] == order { return operations / rate(work, orders[upper]) }
    let (low, high) = (orders[upper - 1], orders[upper])
    let share = Double.log(Double(order) / Double(low)) / Double.log(Double(high) / Double(low))
    let (slow, fast) = (rate(work, low), rate(work, high))
    return operations / (slow * Double.pow(fast / slow, share))
  }
}
