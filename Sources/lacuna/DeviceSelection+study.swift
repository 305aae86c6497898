import LacunaDevices
import LacunaStudy

extension DeviceSelection {
  /// This device as a study sees it: its memory and the rates measured on it, and where it goes when that fails.
  /// - Parameter predictsAlways: whether times are wanted even where there is no choice.
  func study(predictsAlways: Bool = false) -> StudyDevice {
    let planner = TrialPlanner(
      rates: rates, singleThreadedRates: singleThreadedRates, memory: memory, largestAllocation: largestAllocation,
      processBytes: DeviceRegistry.ofThisMachine.listingBytes, predictsAlways: predictsAlways)
    return StudyDevice(backend, planner: planner) { error in
      retreat(after: error)?.study(predictsAlways: predictsAlways)
    }
  }
}
