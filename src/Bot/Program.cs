using System.CommandLine;
using Rally.Bot.Demo;
using Rally.Bot.Hosting;
using Rally.Bot.Hosting.Verbs;

var data = new Option<DirectoryInfo?>("--data") { Description = "The folder for the store, keys and demo.json." };
var port = new Option<int?>("--port") { Description = "The port to listen on, on loopback; 0 for any free one." };
var store = new Option<string?>("--store") { Description = "sqlite:PATH or postgres:CONNECTION; by default sqlite in the data folder." };
var once = new Option<bool>("--once") { Description = "Play the whole story, print each step with its time, and end." };
var limits = new Option<bool>("--discord-limits") { Description = "Let the sandbox keep Discord's rate limits." };

var serve = new RootCommand("Rally.Bots: a home for creator coins. Without a command it serves, by appsettings.json and the environment.")
{
    data, port, store,
};
serve.SetAction((parsed, stop) => ServeCommand.RunAsync(
    HostOverrides.From(parsed.GetValue(data), parsed.GetValue(port), parsed.GetValue(store)), stop));

var demo = new Command("demo", "Run the network, the bot and a Discord-compatible sandbox on this machine, with sample coins and people.")
{
    data, port, store, once, limits,
};
demo.SetAction((parsed, stop) => DemoCommand.RunAsync(
    new(parsed.GetValue(data), parsed.GetValue(port) ?? 0, parsed.GetValue(store), parsed.GetValue(once), parsed.GetValue(limits)), stop));
serve.Subcommands.Add(demo);

foreach (var verb in OperatorVerb.All(data, store))
    serve.Subcommands.Add(verb);

return await serve.Parse(args).InvokeAsync();
