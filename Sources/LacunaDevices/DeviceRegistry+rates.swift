import LacunaAlgebra

extension DeviceRegistry {
  /// The order at which devices are compared: the largest at which rates are measured.
  static let comparedOrder = DeviceRates.orders[DeviceRates.orders.count - 1]

  /// Operations a second of a product on a device that may have to be opened first; nil where it fails.
  /// - Parameter key: the provider's `rateKey`.
  func multiplyRate(
    _ key: String, by provider: any DeviceProvider, open: () throws(BackendError) -> any Backend
  ) -> Double? {
    rates.rate(of: Self.key(key, .multiply, Self.comparedOrder)) { () throws(BackendError) in
      try provider.rate(.multiply, order: Self.comparedOrder, on: try open())
    }
  }

  /// All rates of an open device; what is missing is measured when it is asked for, and kept.
  ///
  /// Where a measurement fails, that of the next smaller order stands, or the nominal rate: whichever route follows from it is
  /// exact.
  /// - Parameter kind: of the device; what is no processor is measured at large orders too, where that takes a second at most; of
  ///   a processor what is `cacheBound` alone.
  func deviceRates(
    of backend: any Backend, key: String, by provider: any DeviceProvider, kind: ComputeDevice.Kind
  ) -> DeviceRates {
    let measured: @Sendable (DeviceRates.Work, Int) -> Double? = { [rates] work, order in
      rates.rate(of: Self.key(key, work, order)) { () throws(BackendError) in
        try provider.rate(work, order: order, on: backend)
      }
    }
    let common: @Sendable (DeviceRates.Work, Int) -> Double = { work, order in
      let order = min(order, Self.comparedOrder)
      return measured(work, order) ?? DeviceRates.nominal.rate(work, order)
    }
    if kind == .cpu {
      let cacheBound = provider.cacheBound
      return DeviceRates(orders: DeviceRates.orders + DeviceRates.uncachedOrders) { work, order in
        (cacheBound.contains(work) ? measured(work, order) : nil) ?? common(work, order)
      }
    }
    return DeviceRates(orders: DeviceRates.orders + DeviceRates.largeOrders) { work, order in
      var known = common(work, order)
      for large in DeviceRates.largeOrders where large <= order {
        guard work.operations(order: Double(large)) / known < 1, let rate = measured(work, large) else { break }
        known = rate
      }
      return known
    }
  }

  /// Under which one rate is kept.
  static func key(_ device: String, _ work: DeviceRates.Work, _ order: Int) -> String {
    "\(device) \(work.rawValue) \(order)"
  }
}
