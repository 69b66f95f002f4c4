import Basics
import ServiceGround
import Synchronization
import Testing

@testable import twosite_store

/// Each defect of the operations is there when it is asked for, and only then.
@Suite struct StoreDefectTests {
  private func scene(_ defect: Defect, _ isOn: Bool, name: String = "a") -> StoreScene {
    StoreScene(isOn ? [defect] : [], name: name)
  }

  @Test(arguments: [false, true])
  func aCompareAndSetOverwritesWhatCameBetween(isOn: Bool) {
    let scene = scene(.compareAndSetNotAtomic, isOn)
    _ = scene.call(.write, "k", 1)
    scene.before(isOn ? 1 : 0) { $0.doDirectly(.write(key: "k", .integer(99))) }
    let outcome = scene.call(.cas, "k", [1, 2])
    #expect((outcome == .done(.nothing)) == isOn)
    #expect(scene.replica.cell("k") == .integer(isOn ? 2 : 99))
  }

  @Test(arguments: [false, true])
  func whatHadNoAnswerIsDoneTwice(isOn: Bool) {
    let scene = scene(.retriesNonIdempotentWrite, isOn)
    scene.replica.state.withLock { $0.endings = [.unknown("late")] }
    let outcome = scene.call(.increase, "c", 5)
    #expect(outcome == (isOn ? .done(.integer(10)) : .unknown("late")))
    #expect(scene.value(.counter, "c") == .integer(isOn ? 10 : 5))
  }

  @Test(arguments: [false, true])
  func whatWasAppliedIsToldAsNotDone(isOn: Bool) {
    let scene = scene(.reportsFailureForAppliedWrite, isOn)
    scene.replica.state.withLock { $0.endings = [.unknown("late")] }
    let outcome = scene.call(.write, "k", 5)
    #expect(outcome == (isOn ? .refused("late", leader: nil) : .unknown("late")))
    #expect(scene.replica.cell("k") == .integer(5))
  }

  @Test(arguments: [false, true])
  func oneInFiveHundredIsAcknowledgedAndNotKept(isOn: Bool) {
    let scene = scene(.dropsOneInFiveHundred, isOn)
    for element in 1...1000 {
      #expect(scene.call(.add, "s", .integer(element)) == .done(.nothing))
    }
    guard case .array(let kept)? = scene.value(.elements, "s") else { return #expect(Bool(false)) }
    #expect(kept.count == (isOn ? 998 : 1000))
  }

  @Test(arguments: [false, true])
  func aCacheIsBelievedAfterAFailover(isOn: Bool) {
    let scene = scene(.staleCacheAfterFailover, isOn)
    _ = scene.call(.write, "k", 1)
    #expect(scene.value(.read, "k") == 1)
    scene.replica.loseAndRegainLeadership { $0.doDirectly(.write(key: "k", .integer(2))) }
    #expect(scene.value(.read, "k") == .integer(isOn ? 1 : 2))
  }

  @Test(arguments: [false, true])
  func aLockIsGivenTwiceAfterAnotherLed(isOn: Bool) {
    let scene = scene(.lockGivenTwiceAfterPause, isOn)
    let order: JSON = ["owner": 1, "lease": 60_000]
    #expect(scene.value(.acquire, "l", order) == 1)
    #expect(scene.value(.acquire, "l", order) == nil)
    scene.replica.loseAndRegainLeadership()
    #expect(scene.value(.acquire, "l", order) == (isOn ? 2 : nil))
    #expect(scene.value(.acquire, "l", order) == nil)
  }

  @Test(arguments: [false, true])
  func aSequenceGoesBackAfterAFailover(isOn: Bool) {
    let scene = scene(.sequenceReusedAfterFailover, isOn)
    let before = (0..<40).compactMap { _ in scene.value(.next, "s") }
    #expect(before == (1...40).map { JSON.integer($0) })
    scene.replica.loseAndRegainLeadership()
    #expect(scene.value(.next, "s") == .integer(isOn ? 33 : 41))
  }

  @Test(arguments: [false, true])
  func aTimerFiresTwiceWhenAnotherLeads(isOn: Bool) {
    let scene = scene(.timerTwice, isOn)
    let keeper = TimerKeeper(scene.store)
    _ = scene.call(.set, "", ["id": 7, "delay": 0])
    keeper.look()
    keeper.look()
    #expect(scene.value(.fired) == [7])
    scene.replica.loseAndRegainLeadership()
    keeper.look()
    #expect(scene.value(.fired) == (isOn ? [7, 7] : [7]))
    keeper.look()
    #expect(scene.value(.fired) == (isOn ? [7, 7] : [7]))
  }

  @Test(arguments: [false, true])
  func aTimerOfAnotherSiteNeverFires(isOn: Bool) {
    let scene = scene(.timerNeverAfterSiteLost, isOn)
    scene.replica.doDirectly(.setTimer(.integer(7), delay: 0, home: "site-b"))
    _ = scene.call(.set, "", ["id": 8, "delay": 0])
    TimerKeeper(scene.store).look()
    #expect(scene.value(.fired) == (isOn ? [8] : [7, 8]))
  }

  @Test(arguments: [false, true])
  func aTimerFollowsTheTimeOfDay(isOn: Bool) {
    let scene = scene(.timerEarlyByClockStep, isOn)
    let keeper = TimerKeeper(scene.store)
    _ = scene.call(.set, "", ["id": 7, "delay": 500])
    scene.unix.set(scene.unix.now() + 1000)
    keeper.look()
    #expect(scene.value(.fired) == (isOn ? [7] : []))
    scene.monotonic.set(scene.monotonic.now() + 499)
    keeper.look()
    #expect(scene.value(.fired) == (isOn ? [7] : []))
    scene.monotonic.set(scene.monotonic.now() + 1)
    keeper.look()
    #expect(scene.value(.fired) == [7])
  }

  @Test(arguments: [false, true])
  func membersIssueTheSameIdentifier(isOn: Bool) {
    let ids = ["a", "b"].map { scene(.equalNodeBits, isOn, name: $0).value(.id) }
    #expect((ids[0] == ids[1]) == isOn)
  }

  @Test(arguments: [false, true])
  func anIdentifierIsIssuedAgainWhenTheClockWentBack(isOn: Bool) {
    let scene = scene(.idsAfterClockStepBack, isOn)
    let start = scene.unix.now()
    let first = scene.value(.id)
    scene.unix.set(start + 1000)
    _ = scene.value(.id)
    scene.unix.set(start)
    let again = scene.value(.id)
    #expect((first == again) == isOn)
    #expect((again == nil) == !isOn)
  }

  @Test(arguments: [false, true])
  func healthIsGreenWhileNothingCanBeWritten(isOn: Bool) {
    let scene = scene(.healthGreenWhileWritesFail, isOn)
    #expect(scene.store.complaint == nil)
    scene.replica.state.withLock {
      $0.status = ReplicaStatus(
        role: .candidate, leader: nil, term: 2, committed: 0, applied: 0, takesWrites: false)
    }
    #expect((scene.store.complaint == nil) == isOn)
  }

  @Test(arguments: [false, true])
  func anAddressStaysWithWhoLeadsNoMore(isOn: Bool) {
    var told: [ReplicaRole] = []
    let notice = RoleNotice(.three(isOn ? [.addressKeptAfterLosingRole] : [])) { told.append($0) }
    for role in [ReplicaRole.follower, .leader, .leader, .candidate, .follower, .leader] {
      notice.look(role)
    }
    #expect(told == (isOn ? [.leader, .leader] : [.leader, .candidate, .leader]))
  }
}
