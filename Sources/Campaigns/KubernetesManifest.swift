public import Basics

/// A campaign as an Indexed Job of Kubernetes (batch/v1), with the campaign's file in a ConfigMap and a volume for what
/// the shards leave.
///
/// Fields as in the API's reference, "Job" (batch/v1) and "PodSpec" (core/v1).
public struct KubernetesManifest: Sendable {
  /// What is run.
  public var plan: CampaignPlan
  /// The container's image: this program, the servers, and the project in `project`.
  public var image: String
  /// Of the Job and what belongs to it: a DNS label.
  public var name: String
  /// How the program is called in the image.
  public var program: String
  /// The project's folder in the image.
  public var project: String
  /// A PersistentVolumeClaim that is there; nil: one is made.
  public var claim: String?
  /// How large the volume is that is asked for.
  public var storage: String
  /// At most so many pods at once.
  public var parallelism: Int
  /// How often an index is begun again when its pod was lost.
  public var retries: Int
  /// What each pod asks for, so that shards do not take time from each other.
  public var processors: Int
  /// Whether containers have all powers, where a cluster gives no devices to others.
  public var isPrivileged: Bool

  /// What is usual: a claim of 10Gi of its own, all pods at once, two retries, two processors.
  ///
  /// - Parameter name: nil: from the campaign's, so that each list of the same campaign has a Job of its own.
  public init(plan: CampaignPlan, image: String, name: String? = nil) {
    self.plan = plan
    self.image = image
    let part = CampaignPlan.hash(of: "\(plan.numbers)").prefix(6)
    self.name = name ?? "faultline-\(plan.shortID)" + (plan.isPart ? "-\(part)" : "")
    program = "faultline"
    project = "/faultline"
    claim = nil
    storage = "10Gi"
    parallelism = plan.numbers.count
    retries = 2
    processors = 2
    isPrivileged = false
  }

  /// What a run needs of root's powers: those that stay within its nodes, and what makes nodes, moves clocks, sets the
  /// limits of other users' processes and makes devices.
  public static let capabilities: [Capability] = Capability.allCases.filter { power in
    power.staysInside || [.administer, .trace, .exceedLimits, .makeDevices].contains(power)
  }

  /// More than this a ConfigMap cannot hold, in bytes.
  public static let longestFile = 1_000_000

  /// Where the volume is seen in the container.
  private static let results = "/results"

  /// The longest name: a pod's host name is the Job's, a dash and an index, and a DNS label.
  public var longestName: Int { 63 - 1 - "\(plan.numbers.count - 1)".count }

  /// Whether a text is a DNS label (RFC 1123): small letters, digits and dashes, no dash at either end.
  public static func isLabel(_ text: String) -> Bool {
    (1...63).contains(text.utf8.count) && text.first != "-" && text.last != "-"
      && text.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
          || byte == UInt8(ascii: "-")
      }
  }
}

extension KubernetesManifest {
  /// The documents, for `kubectl apply`. Every text stands in quotes as JSON, which YAML 1.2 reads alike.
  public var text: String {
    ([configuration] + (claim == nil ? [volume] : []) + [job]).joined(separator: "---\n")
  }

  private func quoted(_ text: String) -> String { JSON.string(text).text() }

  /// Whatever the Job is called, so that shards which are made again find the volume of the others.
  private var claimName: String { claim ?? "faultline-\(plan.shortID)-results" }

  private var configuration: String {
    """
    # Campaign \(plan.shortID): \(plan.numbers.count) of \(plan.shardCount) shards. Begin it with: kubectl apply -f FILE
    # Then, with the volume at DIR: faultline campaign merge CAMPAIGN DIR
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: \(quoted(name))
    immutable: true
    data:
      campaign.json: \(quoted(plan.json.text()))

    """
  }

  private var volume: String {
    """
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: \(quoted(claimName))
    spec:
      accessModes: [ReadWriteMany]
      resources:
        requests:
          storage: \(quoted(storage))

    """
  }

  /// A verdict is no reason to begin again (`FailIndex`); a pod that the cluster took away counts as no failure
  /// (`Ignore`); what ends in any other way is begun again.
  private var job: String {
    """
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: \(quoted(name))
    spec:
      completionMode: Indexed
      completions: \(plan.numbers.count)
      parallelism: \(min(parallelism, plan.numbers.count))
      backoffLimitPerIndex: \(retries)
      podFailurePolicy:
        rules:
          - action: Ignore
            onPodConditions:
              - {type: DisruptionTarget, status: "True"}
          - action: FailIndex
            onExitCodes:
              containerName: faultline
              operator: In
              values: [\(Self.verdicts)]
      template:
        spec:
          restartPolicy: Never
          automountServiceAccountToken: false
          containers:
            - name: faultline
              image: \(quoted(image))
              command: [\(command.map(quoted).joined(separator: ", "))]
              workingDir: \(quoted(project))
              resources:
                requests:
                  cpu: "\(processors)"
    \(security)
              volumeMounts:
                - {name: campaign, mountPath: /campaign, readOnly: true}
                - {name: results, mountPath: \(Self.results)}
                - {name: tun, mountPath: /dev/net/tun}
                - {name: fuse, mountPath: /dev/fuse}
          volumes:
            - name: campaign
              configMap: {name: \(quoted(name))}
            - name: results
              persistentVolumeClaim: {claimName: \(quoted(claimName))}
            - name: tun
              hostPath: {path: /dev/net/tun, type: CharDevice}
            - name: fuse
              hostPath: {path: /dev/fuse, type: CharDevice}

    """
  }

  /// What a shard ends with when it was made, or can be made nowhere; what one machine lacks another may have.
  private static var verdicts: String {
    let codes: [ExitCode] = [.invalid, .usage, .harness, .steadyState, .nothingRan, .unknown]
    return codes.map { "\($0.rawValue)" }.joined(separator: ", ")
  }

  /// Indices count from 0 without gaps: in a list of some shards each stands for a place.
  private var command: [String] {
    [program, "campaign", "run", "/campaign/campaign.json", "--reports", Self.results]
      + (plan.isPart ? ["--place", "$(JOB_COMPLETION_INDEX)"] : [])
  }

  private var security: String {
    guard !isPrivileged else {
      return """
                  securityContext:
                    runAsUser: 0
                    privileged: true
        """
    }
    return """
                securityContext:
                  runAsUser: 0
                  seccompProfile: {type: Unconfined}
                  appArmorProfile: {type: Unconfined}
                  capabilities:
                    drop: [ALL]
                    add: [\(Self.capabilities.map(\.rawValue).joined(separator: ", "))]
      """
  }
}
