public import Basics

/// Marks a name as a segment's; never has a value.
public enum SegmentKind {}

/// The name of one network of the stack: one learning switch, one broadcast domain.
public typealias SegmentID = Name<SegmentKind>
