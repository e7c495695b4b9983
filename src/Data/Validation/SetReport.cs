using R1Reward.Data.Pairs;

namespace R1Reward.Data.Validation;

/// <summary>What one side of a split holds.</summary>
/// <param name="path">Its file, folder or dataset address.</param>
public sealed class SetReport(string path)
{
    /// <summary>The file, folder or dataset address.</summary>
    public string Path => path;

    /// <summary>Rows read, wrong ones included; of handled sets the pairs that are made of them.</summary>
    public long Rows { get; internal set; }

    /// <summary>Pairs that are good to use.</summary>
    public long Pairs { get; internal set; }

    /// <summary>Pictures, videos and sounds that the pairs name.</summary>
    public long Media { get; internal set; }

    /// <summary>Number of pairs of each label.</summary>
    public IReadOnlyDictionary<PreferenceLabel, long> Labels => Counted;

    /// <summary>Pairs without a label.</summary>
    public long Unlabelled { get; internal set; }

    /// <summary>Characters of the questions.</summary>
    public LengthCounts Questions { get; } = new();

    /// <summary>Characters of the responses.</summary>
    public LengthCounts Responses { get; } = new();

    /// <summary>Share of decided pairs whose first candidate is preferred; null without such pairs.</summary>
    public double? FirstShare
    {
        get
        {
            var (first, second) = (
                Counted.GetValueOrDefault(PreferenceLabel.First), Counted.GetValueOrDefault(PreferenceLabel.Second));
            return first + second == 0 ? null : first / (double)(first + second);
        }
    }

    internal Dictionary<PreferenceLabel, long> Counted { get; } = [];
}
