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

    /// <summary>
    /// <c>vl-rewardbench</c>: <c>prompt</c>, <c>chosen</c>, <c>rejected</c>, <c>image</c>; or as its publishers offer
    /// it, <c>query</c>, <c>response</c>, <c>human_ranking</c>.
    /// </summary>
    VlRewardbench,

    /// <summary>
    /// <c>mm-rlhf</c>: as VL-RewardBench, with <c>image</c> or <c>video</c>; rows of one id belong together.
    /// </summary>
    MmRlhf,

    /// <summary><c>multimodal-rewardbench</c>: <c>Text</c>, <c>Output1</c>, <c>Output2</c>, <c>Better</c>.</summary>
    MultimodalRewardbench,

    /// <summary><c>rewardbench2</c>: <c>prompt</c> with lists of <c>chosen</c> and <c>rejected</c>.</summary>
    Rewardbench2,

    /// <summary><c>rm-bench</c>: <c>prompt</c> with three <c>chosen</c> and three <c>rejected</c>, by style.</summary>
    RmBench,

    /// <summary>
    /// <c>judgebench</c>: <c>question</c>, <c>response_A</c>, <c>response_B</c>, <c>label</c>.
    /// </summary>
    Judgebench,

    /// <summary>
    /// <c>preference</c>: <c>chosen</c> and <c>rejected</c> as trainers take them, texts or conversations (TRL,
    /// LLaMA-Factory, ms-swift).
    /// </summary>
    Preference,

    /// <summary>
    /// <c>mmpr</c>: <c>image</c>, <c>question</c>, <c>chosen</c>, <c>rejected</c>, as MM-Reward reads MMPR.
    /// </summary>
    Mmpr,

    /// <summary>
    /// <c>media-pairs</c>: <c>prompt</c>, <c>image_0</c>, <c>image_1</c> and a label A, B or C for each head,
    /// LightRFT's generic lines; videos and sounds alike.
    /// </summary>
    MediaPairs,
}
