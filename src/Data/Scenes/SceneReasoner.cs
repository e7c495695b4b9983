namespace R1Reward.Data.Scenes;

/// <summary>
/// Answers scene questions by looking at one object after the other. The same fold serves the truth (true looks) and a
/// trace with a wrong look, so that such a trace goes on consistently from its error.
/// </summary>
public static class SceneReasoner
{
    /// <summary>The finding where no object was the one looked for.</summary>
    public const string Nothing = "none";

    /// <summary>Computes the right answer to a question about a scene, in words.</summary>
    public static string Answer(Scene scene, SceneQuestion question) =>
        Conclude(scene, question, [.. scene.Objects.Select(o => Look(question, o))]);

    /// <summary>What a true look at one object finds.</summary>
    public static SceneLook Look(SceneQuestion question, SceneObject seen) => question.Kind switch
    {
        SceneQuestionKind.Comparison when seen.Colour == question.Colour => SceneLook.Yes,
        SceneQuestionKind.Comparison => seen.Colour == question.Rival ? SceneLook.Rival : SceneLook.No,
        SceneQuestionKind.Position => seen.Cell == question.Cell ? SceneLook.Yes : SceneLook.No,
        _ => (question.Colour ?? seen.Colour) == seen.Colour && (question.Shape ?? seen.Shape) == seen.Shape
            ? SceneLook.Yes : SceneLook.No,
    };

    /// <summary>
    /// The answer that follows from looks at the first objects of the scene; the last object found counts where only
    /// one is asked for.
    /// </summary>
    public static string Conclude(Scene scene, SceneQuestion question, ReadOnlySpan<SceneLook> looks)
    {
        var (hits, rivals) = (looks.Count(SceneLook.Yes), looks.Count(SceneLook.Rival));
        var last = looks.LastIndexOf(SceneLook.Yes);
        return question.Kind switch
        {
            SceneQuestionKind.Count => SceneWords.For(hits),
            SceneQuestionKind.Existence => hits > 0 ? "yes" : "no",
            SceneQuestionKind.Comparison =>
                hits == rivals ? Nothing : SceneWords.For(hits > rivals ? question.Colour : question.Rival),
            _ when last < 0 => Nothing,
            SceneQuestionKind.Colour => SceneWords.For(scene.Objects[last].Colour),
            SceneQuestionKind.Position => scene.Objects[last].Words,
            _ => throw new ArgumentOutOfRangeException(nameof(question), question.Kind, null),
        };
    }
}
