using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>File formats of preference pairs.</summary>
public enum PairFormat
{
    /// <summary><c>auto</c>: recognised by the fields of the first row.</summary>
    Auto,

    /// <summary><c>pairs</c>: the project's own JSONL, one <see cref="PreferencePair"/> per line.</summary>
    Pairs,

    /// <summary><c>r1-reward</c>: R1-Reward's training rows <c>message</c>, <c>question</c>, <c>answer</c>.</summary>
    R1Reward,

    /// <summary><c>vl-rewardbench</c>: <c>prompt</c>, <c>chosen</c>, <c>rejected</c>, <c>image</c>.</summary>
    VlRewardbench,

    /// <summary>
    /// <c>mm-rlhf</c>: as VL-RewardBench, with <c>image</c> or <c>video</c>; rows of one id belong together.
    /// </summary>
    MmRlhf,
}
