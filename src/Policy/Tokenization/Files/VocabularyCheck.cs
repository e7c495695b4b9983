using System.Text;
using R1Reward.Data;
using R1Reward.Policy.Tokenization.PreTokenization;

namespace R1Reward.Policy.Tokenization.Files;

/// <summary>Refuses vocabularies that no text could be written in without loss.</summary>
internal static class VocabularyCheck
{
    /// <summary>
    /// Checks that ids are in range, each belongs to one token, and each added token has one; the vocabulary may list
    /// added tokens, too.
    /// </summary>
    /// <exception cref="UserErrorException">The first id that is not.</exception>
    public static void Run(string path, Dictionary<string, int> vocabulary, IEnumerable<AddedToken> added)
    {
        var owners = new Dictionary<int, string>();
        foreach (var (token, id) in vocabulary)
        {
            TokenizerJson.RequireId(path, token, id);
            if (!owners.TryAdd(id, token))
            {
                throw Twice(id, owners[id], token);
            }
        }

        foreach (var token in added)
        {
            if (vocabulary.TryGetValue(token.Content, out var listed) && listed != token.Id)
            {
                throw new UserErrorException(
                    $"Tokenizer: {path} gives the token {token.Content} the ids {listed} in its vocabulary and "
                    + $"{token.Id} as an added token.");
            }

            if (!owners.TryAdd(token.Id, token.Content) && !IsSame(owners[token.Id], token.Content))
            {
                throw Twice(token.Id, owners[token.Id], token.Content);
            }
        }

        // A vocabulary may write the bytes of an added token as letters.
        static bool IsSame(string owner, string content) => owner == content
            || ByteAlphabet.Bytes(owner)?.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(content)) == true;

        UserErrorException Twice(int id, string first, string second) => new(
            $"Tokenizer: {path} gives the id {id} to both {first} and {second}; use the published files.");
    }
}
