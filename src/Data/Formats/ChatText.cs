using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Text;

namespace R1Reward.Data.Formats;

/// <summary>What stands in a prompt that may be a chat written as JSON.</summary>
public static class ChatText
{
    /// <summary>
    /// The text of a chat's turns, as <c>message</c> of R1-Reward's files holds one; any other text is its own
    /// question. Media of the chat are left out: their paths come from another machine.
    /// </summary>
    /// <example><c>[{"role":"user","content":[{"type":"text","text":"Hi"}]}]</c> and <c>Hi</c> both ask "Hi".</example>
    public static string QuestionOf(string prompt)
    {
        if (!prompt.AsSpan().TrimStart().StartsWith("["))
        {
            return prompt;
        }

        try
        {
            return JsonText.Parse(prompt) is JArray { Count: > 0 } turns && turns.All(turn => turn is JObject)
                ? ChatTurn.Transcript(ChatTurn.ReadAll(turns, "prompt"))
                : prompt;
        }
        catch (Exception noChat) when (noChat is JsonException or RowException)
        {
            return prompt;
        }
    }
}
