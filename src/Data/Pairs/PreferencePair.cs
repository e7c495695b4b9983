using R1Reward.Data.Media;

namespace R1Reward.Data.Pairs;

/// <summary>
/// One question with two candidate responses and, where known, which one is preferred.
/// </summary>
/// <example>
/// A scenes pair: question "How many red circles are there?", response 1 "2", response 2 "3", label First.
/// A pair from an unlabelled file has a null <see cref="Label"/>: it can be judged but not trained on.
/// </example>
public sealed record PreferencePair
{
    /// <summary>The head of a scalar model that learns <see cref="Label"/>.</summary>
    public const string PreferenceHead = "preference";

    /// <summary>Identity within its data set.</summary>
    public required PairId Id { get; init; }

    /// <summary>The question, media placeholders removed.</summary>
    public required string Question { get; init; }

    /// <summary>The response shown as Response 1.</summary>
    public required string Response1 { get; init; }

    /// <summary>The response shown as Response 2.</summary>
    public required string Response2 { get; init; }

    /// <summary>
    /// Pictures, videos and sounds of the question, in order, shown before its text; empty for text.
    /// </summary>
    public IReadOnlyList<MediaItem> Media { get; init; } = [];

    /// <summary>
    /// What response 1 is besides its text: the picture, video or sound that was made for the question. Shown where the
    /// response stands.
    /// </summary>
    public IReadOnlyList<MediaItem> Media1 { get; init; } = [];

    /// <summary>What response 2 is besides its text.</summary>
    public IReadOnlyList<MediaItem> Media2 { get; init; } = [];

    /// <summary>Which response is preferred; null when unknown.</summary>
    public PreferenceLabel? Label { get; init; }

    /// <summary>
    /// Labels of single aspects by the name of the head of a scalar model that learns them (<c>alignment</c>); null
    /// where there are none but <see cref="Label"/>.
    /// </summary>
    public IReadOnlyDictionary<string, PreferenceLabel>? AspectLabels { get; init; }

    /// <summary>1 (easiest) and up; null when unknown. For published data: the tries a teacher needed.</summary>
    public int? Difficulty { get; init; }

    /// <summary>Where the pair comes from, for example <c>scenes</c> or <c>vl-rewardbench</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>
    /// Pairs of one prompt share a group: splits never separate them, ACC+ counts them together. Null: the pair is its
    /// own group.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>
    /// The category of its benchmark, taken from the row as written, before paths are made absolute; null when the data
    /// names none.
    /// </summary>
    public string? Category { get; init; }

    /// <summary>The published id of the row, which may repeat; null when the file has none.</summary>
    public string? OriginalId { get; init; }

    /// <summary>
    /// A complete judgment to imitate in the cold start
    /// (<c>&lt;think&gt;...&lt;/think&gt;&lt;answer&gt;1&lt;/answer&gt;</c>), or null.
    /// </summary>
    public string? Judgment { get; init; }

    /// <summary>
    /// The right answer to the question as text, for rewards that compare with one; null when there is none.
    /// </summary>
    public string? Reference { get; init; }

    /// <summary>
    /// Which reward recipe applies to the pair, for runs that mix several kinds of data; null when none is named.
    /// </summary>
    public string? Recipe { get; init; }

    /// <summary>All media of the pair: those of the question, of response 1 and of response 2.</summary>
    public IReadOnlyList<MediaItem> AllMedia() =>
        Media1.Count + Media2.Count == 0 ? Media : [.. Media, .. Media1, .. Media2];

    /// <summary>Whether a response is a picture, video or sound, which a model that reads text cannot judge.</summary>
    public bool AnswersWithMedia() => Media1.Count + Media2.Count > 0;

    /// <summary>
    /// The same pair with the paths of its media made absolute, from the folder of the file that names them.
    /// </summary>
    public PreferencePair MediaIn(string folder)
    {
        IReadOnlyList<MediaItem> In(IReadOnlyList<MediaItem> media) =>
            [.. media.Select(item => item with { Path = MediaPath.Resolve(item.Path, folder) })];
        return AllMedia().Count == 0
            ? this
            : this with { Media = In(Media), Media1 = In(Media1), Media2 = In(Media2) };
    }

    /// <summary>
    /// The same pair with the candidates exchanged and the label turned; a judgment to imitate does not survive the
    /// turn.
    /// </summary>
    public PreferencePair Swapped() => this with
    {
        Response1 = Response2,
        Response2 = Response1,
        Media1 = Media2,
        Media2 = Media1,
        Judgment = null,
        Label = Label is { } label ? Turned(label) : null,
        AspectLabels = AspectLabels?.ToDictionary(aspect => aspect.Key, aspect => Turned(aspect.Value)),
    };

    /// <summary>
    /// The label that a head of a scalar model learns: that of its aspect, and of the head <c>preference</c> without
    /// one that of the pair; null where the pair says nothing of it.
    /// </summary>
    public PreferenceLabel? LabelOf(string head)
    {
        if (AspectLabels?.TryGetValue(head, out var aspect) == true)
        {
            return aspect;
        }

        return head == PreferenceHead ? Label : null;
    }

    /// <summary>The label once the candidates are exchanged.</summary>
    internal static PreferenceLabel Turned(PreferenceLabel label) => label switch
    {
        PreferenceLabel.First => PreferenceLabel.Second,
        PreferenceLabel.Second => PreferenceLabel.First,
        var other => other,
    };
}
