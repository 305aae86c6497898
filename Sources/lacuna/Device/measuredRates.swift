import LacunaAlgebra
import LacunaStudy
import Synchronization

/// Rates of a device from the user's cache; what is missing there is measured when it is asked for, and kept.
///
/// Where a measurement fails, the nominal rate stands: whichever route follows from it is exact.
func measuredRates<Device: Backend>(of device: Device) -> DeviceRates {
  let name = "\(device.description) \(Device.Element.precision.rawValue)"
  return DeviceRates { work, order in
    ProcessRates.cache.withLock { rates in
      let known = rates.rate(of: "\(name) \(work.rawValue) \(order)") {
        try DeviceRates.measure(work, order: order, on: device)
      }
      if rates.isChanged { rates.save() }
      return known ?? DeviceRates.nominal.rate(work, order)
    }
  }
}

/// One for the process: devices measured at the same time keep each other's rates.
private enum ProcessRates {
  static let cache = Mutex(RateCache())
}
