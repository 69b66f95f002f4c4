public import Basics

public enum SegmentKind {}

/// The name of one network of the stack: one learning switch, one broadcast domain.
public typealias SegmentID = Name<SegmentKind>
