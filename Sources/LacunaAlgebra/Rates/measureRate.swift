extension DeviceRates {
  /// Operations a second of one kind of work at one order.
  ///
  /// After a run that compiles what there is to compile, the best of one to three runs within half a second, from queueing
  /// the work until a number of its result is on the host. All who ask how fast a device multiplies ask here.
  public static func measure<Device: Backend>(
    _ work: Work, order d: Int, on device: Device
  ) throws(BackendError) -> Double {
    let timed = try work.prepare(on: device, order: d)
    try timed.reset()
    try timed.run()
    var best = Double.infinity
    var spent = 0.0
    var runs = 0
    repeat {
      try timed.reset()
      let start = ContinuousClock.now
      try timed.run()
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      let time = Double(seconds) + Double(attoseconds) * 1e-18
      best = min(best, time)
      spent += time
      runs += 1
    } while runs < 3 && spent < 0.5
    return timed.operations / max(best, 1e-9)
  }
}
