using R1Reward.Data.Pairs;

namespace R1Reward.Data.Validation;

/// <summary>What one side of a split holds.</summary>
/// <param name="path">Its file, folder or dataset address.</param>
public sealed class SetReport(string path)
{
    private readonly SortedDictionary<string, LabelCounts> _labels = new(StringComparer.Ordinal);

    /// <summary>The file, folder or dataset address.</summary>
    public string Path => path;

    /// <summary>Rows read, wrong ones included.</summary>
    public long Rows { get; internal set; }

    /// <summary>Rows that are good and hold no pair, such as those of HPDv3 whose pictures are not there.</summary>
    public long PassedOver { get; internal set; }

    /// <summary>Pairs that are good to use.</summary>
    public long Pairs { get; private set; }

    /// <summary>Pictures, videos and sounds that the pairs name.</summary>
    public long Media { get; private set; }

    /// <summary>
    /// How many pairs prefer which response, by the name of the head that learns it; that of the pair is
    /// <c>preference</c>.
    /// </summary>
    public IReadOnlyDictionary<string, LabelCounts> Labels => _labels;

    /// <summary>Characters of the questions.</summary>
    public LengthCounts Questions { get; } = new();

    /// <summary>Characters of the responses.</summary>
    public LengthCounts Responses { get; } = new();

    /// <summary>Takes in a pair.</summary>
    internal void Add(PreferencePair pair, CheckedItem item)
    {
        Pairs++;
        Media += item.Media.Count;
        Questions.Add(item.QuestionLength);
        foreach (var length in item.ResponseLengths)
        {
            Responses.Add(length);
        }

        Count(PreferencePair.PreferenceHead, pair.LabelOf(PreferencePair.PreferenceHead));
        foreach (var aspect in pair.AspectLabels ?? new Dictionary<string, PreferenceLabel>())
        {
            if (aspect.Key != PreferencePair.PreferenceHead)
            {
                Count(aspect.Key, aspect.Value);
            }
        }
    }

    private void Count(string head, PreferenceLabel? label) =>
        _labels[head] = _labels.GetValueOrDefault(head).And(label);
}
