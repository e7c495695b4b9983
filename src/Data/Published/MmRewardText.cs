using R1Reward.Data.Pairs;

namespace R1Reward.Data.Published;

/// <summary>
/// The texts that MM-Reward's models read, for comparison with published numbers: no chat template, no place for the
/// picture.
/// </summary>
public static class MmRewardText
{
    /// <summary>The question, a line break and each response.</summary>
    public static (string First, string Second) Of(PreferencePair pair) =>
        ($"{pair.Question}\n{pair.Response1}", $"{pair.Question}\n{pair.Response2}");
}
