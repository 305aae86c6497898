import LacunaAlgebra

/// A group of laws that `Backend` states, each checked over many cases.
public enum Law: String, CaseIterable, Sendable {
  case storage, fills, products, grams, masks, positiveDefinite, solves, eigen, resolvents,
    elementwise, reductions
  case covarianceRoots, nonFinite, shapes, largeOrders, sharing

  func check<B: Backend>(_ checker: LawChecker<B>) {
    switch self {
    case .storage: checker.storage()
    case .products: checker.products()
    case .grams: checker.grams()
    case .fills: checker.fills()
    case .masks: checker.masks()
    case .positiveDefinite: checker.positiveDefinite()
    case .solves: checker.solves()
    case .eigen: checker.eigen()
    case .resolvents: checker.resolvents()
    case .elementwise: checker.elementwise()
    case .reductions: checker.reductions()
    case .covarianceRoots: checker.covarianceRoots()
    case .nonFinite: checker.nonFinite()
    case .shapes: checker.shapes()
    case .largeOrders: checker.largeOrders()
    case .sharing: checker.sharing()
    }
  }
}

/// The laws of `Backend` as a suite that any backend can be put to.
public enum Conformance {
  /// Runs laws on a backend and reports each case as it is measured.
  ///
  /// Errors are measured as LAPACK's own tests do: residual / (norm · size · ε), a bound of 30 where no closer one is known.
  /// Nothing is thrown: what an operation throws is the failure of its case.
  /// - Parameter report: called on this thread, one case after the other.
  public static func verify<B: Backend>(
    _ backend: B, sizes: LawSizes = .brief, laws: [Law] = Law.allCases, report: (LawResult) -> Void
  ) {
    withoutActuallyEscaping(report) { report in
      let checker = LawChecker(backend: backend, sizes: sizes, report: report)
      for law in laws { law.check(checker) }
    }
  }
}
