extension DeviceRates {
  /// Operations a second of one kind of work at one order.
  ///
  /// After a run that compiles what there is to compile, the time from queueing the work until a number of its result is on the
  /// host: `settledTime`. All who ask how fast a device multiplies ask here.
  public static func measure<Device: Backend>(
    _ work: Work, order d: Int, on device: Device
  ) throws(BackendError) -> Double {
    let timed = try work.prepare(on: device, order: d)
    try timed.reset()
    try timed.run()
    let time = try settledTime { () throws(BackendError) in
      try timed.reset()
      let start = ContinuousClock.now
      try timed.run()
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      return Double(seconds) + Double(attoseconds) * 1e-18
    }
    return timed.operations / max(time, 1e-9)
  }

  /// The least of some times of the same work, taken again while the two least differ by more than a tenth: then something else
  /// was running beside it.
  ///
  /// At least three runs where they take a quarter of a second together, and two where they take one; at most nine, or two seconds.
  /// - Parameter run: seconds of one run.
  package static func settledTime(_ run: () throws(BackendError) -> Double) throws(BackendError) -> Double {
    var times: [Double] = []
    var spent = 0.0
    while true {
      let time = try run()
      spent += time
      times.append(time)
      times.sort()
      let isSettled = times.count > 1 && times[1] <= 1.1 * times[0] && (times.count > 2 || spent > 0.25)
      if isSettled || times.count == 9 || spent > (times.count == 1 ? 1 : 2) { return times[0] }
    }
  }
}
