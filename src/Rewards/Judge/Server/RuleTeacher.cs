using R1Reward.Data.Prompts;
using R1Reward.Data.Scenes;

namespace R1Reward.Rewards.Judge.Server;

/// <summary>
/// Judges pairs of the built-in task by rule, with its reasoning written down: a teacher for trying annotation out. It
/// reads prompts of the built-in templates about scenes that are described in words.
/// </summary>
public static class RuleTeacher
{
    /// <summary>The judgment that a prompt asks for; null where it is no such prompt.</summary>
    /// <param name="prompt">The text of the user's turn.</param>
    /// <param name="mistake">
    /// Which object is misjudged, as a share of all of them from 0 up to 1; null: none. A mistake need not change the
    /// choice.
    /// </param>
    public static string? Judge(string prompt, double? mistake = null)
    {
        foreach (var template in PromptTemplate.All)
        {
            if (template.TryParse(prompt, out var question, out var response1, out var response2)
                && SceneReader.Read(question) is var (scene, asked))
            {
                int? wrong = mistake is { } share ? (int)(share * scene.Objects.Length) : null;
                return SceneTrace.Write(scene, asked, response1, response2, wrong);
            }
        }

        return null;
    }
}
