import LacunaDevices
import LacunaStudy

extension DeviceSelection {
  /// Plans trials on this device by rates measured on it.
  /// - Parameter predictsAlways: whether times are wanted even where there is no choice.
  func planner(predictsAlways: Bool) -> TrialPlanner {
    TrialPlanner(
      rates: rates, singleThreadedRates: singleThreadedRates, memory: memory, largestAllocation: largestAllocation,
      processBytes: DeviceRegistry.ofThisMachine.listingBytes, predictsAlways: predictsAlways)
  }
}
