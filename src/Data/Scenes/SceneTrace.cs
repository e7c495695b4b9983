using System.Text;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Scenes;

/// <summary>
/// Writes the judgment of a pair as a reasoning trace: for each object what is compared with what, the finding and the
/// state so far; then the answer, both responses held against it, and the verdict. Naming each comparison and its
/// outcome is what makes the steps learnable by a small model: without the outcomes it stays at chance much longer.
/// </summary>
/// <example>
/// <c>&lt;think&gt;look: red vs red same circle vs any same yes one; blue vs red other star vs any same no one; so one;
/// response 1 two vs one other wrong; response 2 one vs one same right; response 2 is
/// better&lt;/think&gt;&lt;answer&gt;2&lt;/answer&gt;</c>
/// </example>
public static class SceneTrace
{
    private static readonly string Any = SceneWords.For((SceneColour?)null);

    /// <summary>
    /// The trace; with <paramref name="cells"/> each object is named after its cell, which says where in a picture it
    /// was found; with <paramref name="wrongLook"/> the object of that index is misjudged and all else follows from it.
    /// The looks at the objects in <paramref name="repeated"/>, by index, are written a second time after the word
    /// <c>again</c>, and change nothing.
    /// </summary>
    /// <remarks>
    /// Where the answer found is neither response, the response nearer in number is chosen, and response 1 where
    /// there is no nearer one.
    /// </remarks>
    public static string Write(
        Scene scene,
        SceneQuestion question,
        string response1,
        string response2,
        int? wrongLook = null,
        bool cells = false,
        IReadOnlyCollection<int>? repeated = null)
    {
        var looks = scene.Objects.Select(o => SceneReasoner.Look(question, o)).ToArray();
        if (wrongLook is { } wrong)
        {
            looks[wrong] = looks[wrong] == SceneLook.No ? SceneLook.Yes : SceneLook.No;
        }

        var text = new StringBuilder("<think>look:");
        for (var i = 0; i < looks.Length; i++)
        {
            var seen = scene.Objects[i];
            var cell = cells && question.Kind != SceneQuestionKind.Position ? $" {seen.Cell}" : "";
            var soFar = SoFar(scene, question, looks.AsSpan(0, i + 1));
            var look = $"{cell} {Compared(question, seen)} {Found(question, looks[i])} {soFar};";
            text.Append(look);
            if (repeated?.Contains(i) == true)
            {
                text.Append(" again").Append(look);
            }
        }

        var answer = SceneReasoner.Conclude(scene, question, looks);
        var choice = Decide(answer, response1, response2);
        return text
            .Append($" so {answer}; response 1 {Held(response1, answer)}; response 2 {Held(response2, answer)};")
            .Append($" response {(int)choice} is better</think><answer>{(int)choice}</answer>")
            .ToString();
    }

    private static string Compared(SceneQuestion question, SceneObject seen) => question.Kind switch
    {
        SceneQuestionKind.Colour => Against(SceneWords.For(seen.Shape), SceneWords.For(question.Shape)),
        SceneQuestionKind.Position => Against($"{seen.Cell}", $"{question.Cell}"),
        SceneQuestionKind.Comparison =>
            $"{SceneWords.For(seen.Colour)} vs {SceneWords.For(question.Colour)} or {SceneWords.For(question.Rival)}",
        _ => Against(SceneWords.For(seen.Colour), SceneWords.For(question.Colour))
            + " "
            + Against(SceneWords.For(seen.Shape), SceneWords.For(question.Shape)),
    };

    private static string Against(string seen, string asked) =>
        $"{seen} vs {asked} {(seen == asked || asked == Any ? "same" : "other")}";

    private static string Found(SceneQuestion question, SceneLook look) => (question.Kind, look) switch
    {
        (_, SceneLook.No) => "no",
        (SceneQuestionKind.Comparison, SceneLook.Yes) => SceneWords.For(question.Colour),
        (_, SceneLook.Rival) => SceneWords.For(question.Rival),
        _ => "yes",
    };

    private static string SoFar(Scene scene, SceneQuestion question, ReadOnlySpan<SceneLook> looks) =>
        question.Kind switch
    {
        SceneQuestionKind.Count or SceneQuestionKind.Existence => SceneWords.For(looks.Count(SceneLook.Yes)),
        SceneQuestionKind.Comparison =>
            $"{SceneWords.For(looks.Count(SceneLook.Yes))} {SceneWords.For(looks.Count(SceneLook.Rival))}",
        _ => SceneReasoner.Conclude(scene, question, looks),
    };

    private static string Held(string response, string answer) =>
        $"{Against(response, answer)} {(response == answer ? "right" : "wrong")}";

    private static Choice Decide(string answer, string response1, string response2)
    {
        if (response1 == answer || response2 == answer)
        {
            return response1 == answer ? Choice.First : Choice.Second;
        }

        return SceneWords.NumberOf(answer) is { } found
            && SceneWords.NumberOf(response1) is { } first
            && SceneWords.NumberOf(response2) is { } second
            && Math.Abs(second - found) < Math.Abs(first - found) ? Choice.Second : Choice.First;
    }
}
