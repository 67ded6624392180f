namespace Rally.Bot.Tests.DiscordApi;

/// <summary>Interactions as Discord sends them.</summary>
internal static class Samples
{
    public const string Token = "interaction-token-that-is-secret";

    /// <summary><c>/role add member:@fan role:@Holder minimum:60 share:0.125 loud:true note:hi</c> by an administrator.</summary>
    public const string Command = $$$"""
        {"id":"900","application_id":"12","type":2,"token":"{{{Token}}}","version":1,"guild_id":"100","channel_id":"9","locale":"en-GB",
         "member":{"user":{"id":"3","username":"mod","global_name":"Mod"},"roles":["5"],"nick":null,"permissions":"8","joined_at":"2026-01-01T00:00:00+00:00"},
         "data":{"id":"77","name":"role","type":1,
          "options":[{"type":1,"name":"add","options":[
            {"type":6,"name":"member","value":"4"},{"type":8,"name":"role","value":"5"},{"type":7,"name":"where","value":"9"},
            {"type":4,"name":"minimum","value":60},{"type":10,"name":"share","value":0.125},{"type":5,"name":"loud","value":true},
            {"type":3,"name":"note","value":"hi"}]}],
          "resolved":{"users":{"4":{"id":"4","username":"fan"}},"members":{"4":{"roles":["6"],"permissions":"0"}},
            "roles":{"5":{"id":"5","name":"Holder","position":1,"permissions":"0","managed":false}},
            "channels":{"9":{"id":"9","type":0,"name":"general","permissions":"0"} } } } }
        """;

    /// <summary>The same user presses a button.</summary>
    public const string Press = $$$"""
        {"id":"901","application_id":"12","type":3,"token":"{{{Token}}}","guild_id":"100","channel_id":"9",
         "member":{"user":{"id":"3","username":"mod"},"roles":[],"permissions":"0"},
         "message":{"id":"555","channel_id":"9","content":"press me"},
         "data":{"custom_id":"claim:7","component_type":2}}
        """;

    /// <summary>In direct messages; one field in a label, one in an old-style row.</summary>
    public const string Modal = $$$"""
        {"id":"902","application_id":"12","type":5,"token":"{{{Token}}}","channel_id":"9","user":{"id":"3","username":"mod"},
         "data":{"custom_id":"tier","components":[
           {"type":18,"id":1,"component":{"type":4,"custom_id":"amount","value":"60"}},
           {"type":1,"components":[{"type":4,"custom_id":"note","value":"hi"}]}]}}
        """;

    /// <summary><c>/coin pt…</c> being typed.</summary>
    public const string Typing = $$$"""
        {"id":"903","application_id":"12","type":4,"token":"{{{Token}}}","guild_id":"100","channel_id":"9",
         "member":{"user":{"id":"3","username":"mod"},"roles":[],"permissions":"0"},
         "data":{"id":"78","name":"coin","type":1,"options":[{"type":3,"name":"symbol","value":"pt","focused":true}]}}
        """;
}
